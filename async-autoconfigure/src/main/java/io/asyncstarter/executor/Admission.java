package io.asyncstarter.executor;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Who may run, who waits and who is refused: the whole mutable state of a
 * {@link BoundedExecutor}. It starts no thread; whoever gets a task back from a method
 * must start it or, if that fails, {@link #release} it. Whoever takes a task out of the
 * queue ends its future and then says that it has {@link #settled}.
 */
final class Admission {

	/*
	 * The places are guarded by 'lock', which is held for a few dozen instructions, or
	 * for a look at the queue, never while another lock is taken, a thread started or
	 * anything of the user's called. The timer's thread takes it as well: hence a lock in
	 * whose line nobody can stand behind a virtual thread that gets no carrier.
	 */

	private final BriefLock lock = new BriefLock();

	private final CountDownLatch termination = new CountDownLatch(1);

	private final Places places;

	private final Runnable onTermination;

	/**
	 * Creates an admission.
	 * @param onTermination called once, without the lock, after the last task has ended
	 * and before those who wait for the termination are told
	 */
	Admission(int maxConcurrency, int queueCapacity, Runnable onTermination) {
		this.places = new Places(maxConcurrency, queueCapacity);
		this.onTermination = onTermination;
	}

	/**
	 * Asks for a permit or a place in the queue.
	 * @param nested whether the submitter holds a permit itself
	 * @param waiter stands in line if there is neither, unless {@code null}
	 */
	Offer offer(BoundedTask<?> task, boolean nested, @Nullable Waiter waiter) {
		this.lock.acquire();
		try {
			if (task.state != TaskState.NEW) {
				throw new IllegalStateException("Task was submitted before");
			}
			task.nested = nested;
			return (waiter != null) ? this.places.enterOrStandInLine(waiter) : this.places.enter(task);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Asks for a permit or a place in the queue, if need be that of the task which has
	 * waited longest.
	 * @param discarded gets the task that had to leave
	 */
	Offer offerDiscardingOldest(BoundedTask<?> task, List<BoundedTask<?>> discarded) {
		this.lock.acquire();
		try {
			return this.places.enterDiscardingOldest(task, discarded);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Leaves the line.
	 * @return {@link Offer#WAITING} if the submitter had got no answer until now, or the
	 * answer
	 */
	Offer leave(Waiter waiter) {
		this.lock.acquire();
		try {
			return this.places.leaveLine(waiter);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Notes on which thread a task with a permit runs, so that it can be interrupted.
	 * @return whether the task is to be run; only the first thread may
	 */
	boolean begin(BoundedTask<?> task, Thread thread) {
		this.lock.acquire();
		try {
			return this.places.begin(task, thread);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Gives the permit of a task back, which has ended or could not be started.
	 * @param outcome how the task ended, or {@code null} if it was rejected
	 * @return the task that got the permit and is to be started, or {@code null}
	 */
	@Nullable BoundedTask<?> release(BoundedTask<?> task, @Nullable TaskOutcome outcome) {
		BoundedTask<?> next;
		boolean last;
		this.lock.acquire();
		try {
			next = this.places.release(task, outcome);
			last = this.places.isLast();
		}
		finally {
			this.lock.release();
		}
		terminateIf(last);
		return next;
	}

	/**
	 * Takes a task out of the queue that is not to be run.
	 * @param reason why it is not run, or {@code null} if it was cancelled
	 * @return whether the task was in the queue
	 */
	boolean withdraw(BoundedTask<?> task, @Nullable RejectionReason reason) {
		this.lock.acquire();
		try {
			return this.places.withdraw(task, reason);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Says that the future of a task that was taken out of the queue has ended.
	 */
	void settled() {
		boolean last;
		this.lock.acquire();
		try {
			this.places.settled();
			last = this.places.isLast();
		}
		finally {
			this.lock.release();
		}
		terminateIf(last);
	}

	/**
	 * Takes a task out of the queue that the caller runs on a permit it already has.
	 * @return whether the task was in the queue
	 */
	boolean claim(BoundedTask<?> task) {
		this.lock.acquire();
		try {
			return this.places.claim(task);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Counts a task that ended without ever holding a permit.
	 * @param outcome how the task ended, or {@code null} if it was rejected
	 */
	void ended(BoundedTask<?> task, @Nullable TaskOutcome outcome, boolean onCaller) {
		this.lock.acquire();
		try {
			this.places.gone(task, outcome);
			if (onCaller) {
				this.places.counts().ranOnCaller();
			}
		}
		finally {
			this.lock.release();
		}
	}

	void rejected(RejectionReason reason) {
		this.lock.acquire();
		try {
			this.places.counts().rejected(reason);
		}
		finally {
			this.lock.release();
		}
	}

	void stalled() {
		this.lock.acquire();
		try {
			this.places.counts().stalled();
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Attaches the timer entry that ends a task's wait in the queue.
	 * @return whether the task still waits
	 */
	boolean attach(BoundedTask<?> task, TaskCapture capture, DeadlineTimer.Timeout entry) {
		this.lock.acquire();
		try {
			boolean queued = task.state == TaskState.QUEUED;
			if (queued) {
				capture.queueTimeout = entry;
			}
			return queued;
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Changes how many tasks may run. Running ones go on.
	 * @return the tasks that got a permit by it and are to be started
	 */
	List<BoundedTask<?>> maxConcurrency(int maxConcurrency) {
		this.lock.acquire();
		try {
			return this.places.maxConcurrency(maxConcurrency);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Changes how many tasks may wait in the queue. Those who wait keep their place.
	 */
	void queueCapacity(int queueCapacity) {
		this.lock.acquire();
		try {
			this.places.queueCapacity(queueCapacity);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Refuses new tasks and those who wait for room from now on.
	 */
	void shutdown() {
		boolean last;
		this.lock.acquire();
		try {
			this.places.shutdown();
			last = this.places.isLast();
		}
		finally {
			this.lock.release();
		}
		terminateIf(last);
	}

	/**
	 * Refuses new tasks, empties the queue and interrupts the running ones.
	 * @return the tasks that were in the queue
	 */
	List<BoundedTask<?>> shutdownNow() {
		List<BoundedTask<?>> drained;
		List<Thread> threads;
		boolean last;
		this.lock.acquire();
		try {
			drained = this.places.shutdownNow();
			threads = this.places.threads();
			last = this.places.isLast();
		}
		finally {
			this.lock.release();
		}
		// This may close a channel, so not under the lock. These threads get no other
		// task.
		threads.forEach(Thread::interrupt);
		terminateIf(last);
		return drained;
	}

	private void terminateIf(boolean last) {
		if (!last) {
			return;
		}
		try {
			this.onTermination.run();
		}
		finally {
			this.termination.countDown();
		}
	}

	/**
	 * Waits for the end of the last task.
	 * @return how many of the nanoseconds are left; none if it did not come in time
	 */
	long awaitTermination(long nanos) throws InterruptedException {
		long start = System.nanoTime();
		if (!this.termination.await(nanos, TimeUnit.NANOSECONDS)) {
			return 0;
		}
		return Math.max(1, nanos - (System.nanoTime() - start));
	}

	/**
	 * Returns the tasks in the queue, in their order.
	 */
	List<BoundedTask<?>> queued() {
		this.lock.acquire();
		try {
			return this.places.queued();
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Returns what the executor's callers know the tasks in the queue by, in their order.
	 */
	List<Runnable> queuedHandles() {
		this.lock.acquire();
		try {
			return this.places.queued().stream().map(BoundedTask::handle).toList();
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Returns the task in the queue that the executor's caller knows by the handle, or
	 * {@code null} if there is none.
	 */
	@Nullable BoundedTask<?> queued(Runnable handle) {
		this.lock.acquire();
		try {
			for (BoundedTask<?> task : this.places.queued()) {
				if (task.isKnownAs(handle)) {
					return task;
				}
			}
			return null;
		}
		finally {
			this.lock.release();
		}
	}

	List<RunningTask> running(long now) {
		this.lock.acquire();
		try {
			return this.places.runningTasks(now);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Returns what speaks for a stall, or {@code null} if nothing does.
	 */
	@Nullable StallSuspicion suspicion() {
		this.lock.acquire();
		try {
			return this.places.suspicion();
		}
		finally {
			this.lock.release();
		}
	}

	BoundedExecutorStats stats(String name, ThreadKind threads, OverloadPolicy overloadPolicy, long now) {
		this.lock.acquire();
		try {
			return this.places.stats(name, threads, overloadPolicy, now, this.termination.getCount() == 0);
		}
		finally {
			this.lock.release();
		}
	}

}
