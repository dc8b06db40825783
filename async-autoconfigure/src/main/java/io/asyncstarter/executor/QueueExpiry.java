package io.asyncstarter.executor;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Ends the wait of queued tasks whose queue timeout or inherited deadline has passed.
 * <p>
 * The timer's thread only takes the task out of the queue. Its future is completed by a
 * virtual thread, because that may run code of the user's. One such thread at a time does
 * it for all tasks that expired meanwhile, except that a task with callbacks, which may
 * block, gets a thread of its own.
 */
final class QueueExpiry {

	private final BoundedExecutor executor;

	private final Admission admission;

	private final ExecutorEvents events;

	private final DeadlineTimer timer;

	private final @Nullable Duration queueTimeout;

	private final long queueTimeoutNanos;

	private final Queue<Runnable> completions = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pendingCompletions = new AtomicInteger();

	QueueExpiry(BoundedExecutor executor, Admission admission, ExecutorEvents events, DeadlineTimer timer,
			@Nullable Duration queueTimeout) {
		this.executor = executor;
		this.admission = admission;
		this.events = events;
		this.timer = timer;
		this.queueTimeout = queueTimeout;
		this.queueTimeoutNanos = Nanos.of(queueTimeout);
	}

	/**
	 * Limits the wait of a task that was just queued, if there is a limit to it.
	 */
	void arm(BoundedTask<?> task) {
		TaskCapture capture = task.capture;
		long deadline = capture.deadline.remainingNanos();
		long left = Math.min(this.queueTimeoutNanos, deadline);
		if (left == Nanos.UNLIMITED) {
			return;
		}
		RejectionReason reason = (deadline <= this.queueTimeoutNanos) ? RejectionReason.DEADLINE_PASSED
				: RejectionReason.QUEUE_TIMED_OUT;
		DeadlineTimer.Timeout timeout = this.timer.schedule(left, () -> expire(task, reason));
		if (!this.admission.attach(task, capture, timeout)) {
			timeout.cancel();
		}
	}

	/**
	 * Forgets the limit of a task that has left the queue.
	 */
	void disarm(BoundedTask<?> task) {
		DeadlineTimer.Timeout timeout = task.capture.queueTimeout;
		if (timeout != null) {
			timeout.cancel();
		}
	}

	private void expire(BoundedTask<?> task, RejectionReason reason) {
		if (!this.admission.withdraw(task, reason)) {
			return;
		}
		if (task.hasCallbacks()) {
			startThread(() -> complete(task, reason));
		}
		else {
			this.completions.add(() -> complete(task, reason));
			if (this.pendingCompletions.getAndIncrement() == 0) {
				startThread(this::completeAll);
			}
		}
	}

	private void startThread(Runnable body) {
		try {
			Thread.ofVirtual()
				.name(this.executor.getName() + "-expiry")
				.inheritInheritableThreadLocals(false)
				.start(body);
		}
		catch (OutOfMemoryError ex) {
			// Better by the timer's thread than never.
			body.run();
		}
	}

	private void completeAll() {
		do {
			Runnable completion = this.completions.poll();
			if (completion != null) {
				completion.run();
			}
		}
		while (this.pendingCompletions.decrementAndGet() > 0);
	}

	private void complete(BoundedTask<?> task, RejectionReason reason) {
		try {
			task.fail(failure(task, reason));
			this.events.rejected(reason);
		}
		catch (Throwable ex) {
			// The next one is not to pay for it.
			this.events.uncaught(ex);
		}
		finally {
			this.executor.settled(task);
		}
	}

	private RuntimeException failure(BoundedTask<?> task, RejectionReason reason) {
		if (reason == RejectionReason.QUEUE_TIMED_OUT && this.queueTimeout != null) {
			return new QueueTimeoutException(this.executor.getName(), this.queueTimeout);
		}
		long elapsed = this.timer.nanoTime() - task.since;
		long budget = Math.max(0, elapsed + task.capture.deadline.remainingNanos());
		return new DeadlineExceededException("queue of executor '%s'".formatted(this.executor.getName()),
				Duration.ofNanos(budget), Duration.ofNanos(elapsed), null);
	}

	/**
	 * Ends a task that got its permit when its deadline had passed already.
	 */
	void failExpired(BoundedTask<?> task) {
		this.admission.rejected(RejectionReason.DEADLINE_PASSED);
		task.fail(failure(task, RejectionReason.DEADLINE_PASSED));
		this.events.rejected(RejectionReason.DEADLINE_PASSED);
	}

}
