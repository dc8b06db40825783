package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.deadline.TaskBound;

/**
 * The way of a task from its submitter to a thread, into the queue, or back.
 */
final class Submissions {

	private final BoundedExecutor executor;

	private final Admission admission;

	private final TaskRunner runner;

	private final QueueExpiry expiry;

	private final StallDetector stalls;

	private final ExecutorEvents events;

	private final DeadlineTimer timer;

	private volatile boolean outsidersRefused;

	Submissions(BoundedExecutor executor, Admission admission, TaskRunner runner, QueueExpiry expiry,
			StallDetector stalls, ExecutorEvents events, DeadlineTimer timer) {
		this.executor = executor;
		this.admission = admission;
		this.runner = runner;
		this.expiry = expiry;
		this.stalls = stalls;
		this.events = events;
		this.timer = timer;
	}

	/**
	 * Hands a task in.
	 * @param policy what to do if there is no room
	 * @param maxWaitNanos how long to wait for room, where the policy is to wait
	 * @throws RejectedExecutionException if the task was not accepted
	 */
	void submit(BoundedTask<?> task, OverloadPolicy policy, long maxWaitNanos) {
		if (policy == OverloadPolicy.WAIT) {
			submitOrWait(task, maxWaitNanos);
			return;
		}
		if (trySubmit(task)) {
			return;
		}
		switch (policy) {
			case CALLER_RUNS -> this.runner.runOnCaller(task);
			case DISCARD_OLDEST -> submitDiscardingOldest(task);
			default -> throw rejection(RejectionReason.SATURATED, "is saturated", null);
		}
	}

	/**
	 * Hands a task in if there is room.
	 * @return whether there was
	 * @throws ExecutorShutDownException if no more tasks are taken
	 */
	boolean trySubmit(BoundedTask<?> task) {
		return accept(task, offer(task, null));
	}

	/**
	 * Refuses from now on what is not submitted by a task with a permit, or within a task
	 * that somebody else answers for.
	 */
	void refuseOutsiders() {
		this.outsidersRefused = true;
	}

	private Offer offer(BoundedTask<?> task, @Nullable Waiter waiter) {
		if (this.outsidersRefused && PermitHolder.current() == null && TaskBound.innermost(TaskBound.class) == null) {
			return Offer.SHUT_DOWN;
		}
		task.since = this.timer.nanoTime();
		return this.admission.offer(task, PermitHolder.isWithin(this.executor), waiter);
	}

	/**
	 * Carries out the answer to a task's offer.
	 * @return whether the task was accepted
	 */
	private boolean accept(BoundedTask<?> task, Offer offer) {
		switch (offer) {
			case STARTED -> this.runner.start(task);
			case QUEUED -> {
				this.expiry.arm(task);
				if (task.nested) {
					this.stalls.watch();
				}
			}
			case SHUT_DOWN -> {
				this.admission.rejected(RejectionReason.SHUT_DOWN);
				this.events.rejected(RejectionReason.SHUT_DOWN);
				throw new ExecutorShutDownException(this.executor.getName());
			}
			default -> {
				return false;
			}
		}
		return true;
	}

	private void submitDiscardingOldest(BoundedTask<?> task) {
		List<BoundedTask<?>> discarded = new ArrayList<>();
		Offer offer = this.admission.offerDiscardingOldest(task, discarded);
		if (!accept(task, offer)) {
			throw rejection(RejectionReason.SATURATED, "is saturated and has no queued task to discard", null);
		}
		for (BoundedTask<?> oldest : discarded) {
			this.expiry.disarm(oldest);
			try {
				oldest.fail(rejection(RejectionReason.DISCARDED, "discarded its oldest queued task", null));
			}
			finally {
				this.executor.settled(oldest);
			}
		}
	}

	private void submitOrWait(BoundedTask<?> task, long maxWaitNanos) {
		long nanos = Math.min(maxWaitNanos, Deadline.current().remainingNanos());
		Waiter waiter = (nanos > 0) ? new Waiter(task) : null;
		Offer offer = offer(task, waiter);
		if (offer == Offer.WAITING && waiter != null) {
			offer = await(waiter, nanos);
		}
		if (offer == Offer.SELF_DEADLOCK) {
			throw rejection(RejectionReason.SELF_DEADLOCK,
					"would never have room for this task, because each of its running tasks waits for such room", null);
		}
		if (accept(task, offer)) {
			return;
		}
		if (offer == Offer.WAITING && Thread.currentThread().isInterrupted()) {
			throw rejection(RejectionReason.WAIT_INTERRUPTED, "had no room until the submitter was interrupted",
					new InterruptedException());
		}
		if (nanos <= 0) {
			throw rejection(RejectionReason.SATURATED, "is saturated", null);
		}
		throw rejection(RejectionReason.WAIT_TIMED_OUT, "had no room within %d ms".formatted(nanos / 1_000_000), null);
	}

	/**
	 * Waits for room.
	 * @return the answer; still {@link Offer#WAITING} if the wait ended without one
	 */
	private Offer await(Waiter waiter, long nanos) {
		DeadlineTimer.Timeout timeout = (nanos != Nanos.UNLIMITED) ? this.timer.schedule(nanos, waiter::timeOut) : null;
		try {
			waiter.await();
		}
		finally {
			if (timeout != null) {
				timeout.cancel();
			}
		}
		return this.admission.leave(waiter);
	}

	private ExecutorSaturatedException rejection(RejectionReason reason, String what, @Nullable Throwable cause) {
		ExecutorSaturatedException rejection = new ExecutorSaturatedException(reason, this.executor.getStats(), what,
				cause);
		this.admission.rejected(reason);
		this.events.rejected(reason);
		return rejection;
	}

}
