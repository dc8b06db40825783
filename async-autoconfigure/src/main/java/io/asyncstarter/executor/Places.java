package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The permits of a {@link BoundedExecutor}, its queue, and the line of those who wait for
 * room. Not safe for use by multiple threads: guarded by the lock of {@link Admission}.
 */
final class Places {

	/*
	 * Between any two calls:
	 *
	 * (1) A permit is held by exactly the tasks in 'running'. It is taken before the
	 * task's thread is started and given back, by release(), after the task has ended or
	 * its thread could not be started.
	 *
	 * (2) A task is in 'queue' only if all permits are taken; a submitter is in 'line'
	 * only if the queue is full as well. So there is nobody to pass over: the queue is
	 * served before the line, and the line before whoever comes later.
	 *
	 * (3) A task is in one of 'queue', 'running', 'line' at the most, and once it is gone
	 * it never comes back.
	 *
	 * (4) Not all running tasks are in 'line' themselves: somebody is left to make room.
	 *
	 * (5) Once 'shutdown' is set nothing enters 'queue' and 'line' is empty;
	 * 'terminating' is set, once, when 'running' and 'queue' are empty too and nobody is
	 * 'leaving', which is the time from when a task is taken out of the queue until its
	 * future has ended.
	 */

	private final TaskList queue = new TaskList();

	private final TaskList running = new TaskList();

	private final WaitingLine line = new WaitingLine();

	private final AdmissionCounts counts = new AdmissionCounts();

	private int maxConcurrency;

	private int queueCapacity;

	private int leaving;

	/**
	 * Changes whenever a task ends or is helped, so whenever another one may go on.
	 */
	private long progress;

	private boolean shutdown;

	private boolean stopped;

	private boolean terminating;

	Places(int maxConcurrency, int queueCapacity) {
		this.maxConcurrency = maxConcurrency;
		this.queueCapacity = queueCapacity;
	}

	AdmissionCounts counts() {
		return this.counts;
	}

	Offer enter(BoundedTask<?> task) {
		if (this.shutdown) {
			return Offer.SHUT_DOWN;
		}
		if (this.queue.isEmpty() && this.running.size() < this.maxConcurrency) {
			take(task);
			return Offer.STARTED;
		}
		if (this.queue.size() < this.queueCapacity) {
			enqueue(task);
			return Offer.QUEUED;
		}
		return Offer.SATURATED;
	}

	private void take(BoundedTask<?> task) {
		task.state = TaskState.STARTING;
		this.running.add(task);
	}

	private void enqueue(BoundedTask<?> task) {
		task.state = TaskState.QUEUED;
		this.queue.add(task);
	}

	Offer enterOrStandInLine(Waiter waiter) {
		BoundedTask<?> task = waiter.task;
		Offer offer = enter(task);
		if (offer != Offer.SATURATED) {
			return offer;
		}
		if (task.nested && this.line.nested() + 1 >= this.running.size()) {
			return Offer.SELF_DEADLOCK;
		}
		task.state = TaskState.WAITING;
		this.line.add(waiter);
		return Offer.WAITING;
	}

	Offer leaveLine(Waiter waiter) {
		if (this.line.remove(waiter)) {
			waiter.task.state = TaskState.NEW;
		}
		return waiter.answer();
	}

	Offer enterDiscardingOldest(BoundedTask<?> task, List<BoundedTask<?>> discarded) {
		Offer offer = enter(task);
		BoundedTask<?> oldest = (offer == Offer.SATURATED && this.queueCapacity > 0) ? this.queue.poll() : null;
		if (oldest == null) {
			return offer;
		}
		gone(oldest, null);
		this.leaving++;
		discarded.add(oldest);
		enqueue(task);
		return Offer.QUEUED;
	}

	boolean begin(BoundedTask<?> task, Thread thread) {
		if (task.state != TaskState.STARTING) {
			return false;
		}
		task.state = TaskState.RUNNING;
		task.slot = thread;
		if (this.stopped) {
			thread.interrupt();
		}
		return true;
	}

	@Nullable BoundedTask<?> release(BoundedTask<?> task, @Nullable TaskOutcome outcome) {
		this.running.remove(task);
		gone(task, outcome);
		task.slot = null;
		BoundedTask<?> next = takeNext();
		admitWaiters();
		return next;
	}

	private @Nullable BoundedTask<?> takeNext() {
		BoundedTask<?> next = (this.running.size() < this.maxConcurrency) ? this.queue.poll() : null;
		if (next != null) {
			take(next);
		}
		return next;
	}

	private void admitWaiters() {
		if (this.line.size() > 0) {
			this.line.admit(this::enter);
			if (this.line.nested() > 0 && this.line.nested() >= this.running.size()) {
				this.line.refuseLastNested();
			}
		}
	}

	boolean withdraw(BoundedTask<?> task, @Nullable RejectionReason reason) {
		if (task.state != TaskState.QUEUED) {
			return false;
		}
		this.queue.remove(task);
		gone(task, (reason != null) ? null : TaskOutcome.CANCELLED);
		if (reason != null) {
			this.counts.rejected(reason);
		}
		this.leaving++;
		admitWaiters();
		return true;
	}

	void settled() {
		this.leaving--;
	}

	boolean claim(BoundedTask<?> task) {
		if (task.state != TaskState.QUEUED) {
			return false;
		}
		this.queue.remove(task);
		task.state = TaskState.HELPED;
		this.progress++;
		admitWaiters();
		return true;
	}

	void gone(BoundedTask<?> task, @Nullable TaskOutcome outcome) {
		task.state = TaskState.GONE;
		this.progress++;
		if (outcome != null) {
			this.counts.ended(outcome);
		}
	}

	List<BoundedTask<?>> maxConcurrency(int newMaxConcurrency) {
		this.maxConcurrency = newMaxConcurrency;
		List<BoundedTask<?>> started = new ArrayList<>();
		for (BoundedTask<?> next = takeNext(); next != null; next = takeNext()) {
			started.add(next);
		}
		admitWaiters();
		return started;
	}

	void queueCapacity(int newQueueCapacity) {
		this.queueCapacity = newQueueCapacity;
		admitWaiters();
	}

	void shutdown() {
		this.shutdown = true;
		this.line.refuseAll();
	}

	List<BoundedTask<?>> shutdownNow() {
		shutdown();
		this.stopped = true;
		List<BoundedTask<?>> drained = new ArrayList<>(this.queue.size());
		for (BoundedTask<?> task = this.queue.poll(); task != null; task = this.queue.poll()) {
			gone(task, TaskOutcome.CANCELLED);
			this.leaving++;
			drained.add(task);
		}
		return drained;
	}

	/**
	 * Returns whether nothing is left to do, for the first time.
	 */
	boolean isLast() {
		boolean last = this.shutdown && !this.terminating && this.running.isEmpty() && this.queue.isEmpty()
				&& this.leaving == 0;
		this.terminating |= last;
		return last;
	}

	List<BoundedTask<?>> queued() {
		return this.queue.toList();
	}

	@Nullable StallSuspicion suspicion() {
		if (this.queue.nested() == 0 || this.queue.nested() < this.running.size()) {
			return null;
		}
		return new StallSuspicion(this.progress, this.running.size(), this.queue.nested(), threads());
	}

	List<RunningTask> runningTasks(long now) {
		List<RunningTask> tasks = new ArrayList<>(this.running.size());
		for (BoundedTask<?> task = this.running.head(); task != null; task = task.next) {
			Thread thread = (task.state == TaskState.RUNNING && task.slot instanceof Thread known) ? known : null;
			tasks.add(new RunningTask(thread, Duration.ofNanos(Math.max(0, now - task.since))));
		}
		return tasks;
	}

	/**
	 * Returns the threads of the running tasks, as far as they have got one by now.
	 */
	List<Thread> threads() {
		List<Thread> threads = new ArrayList<>();
		for (BoundedTask<?> task = this.running.head(); task != null; task = task.next) {
			if (task.state == TaskState.RUNNING && task.slot instanceof Thread thread) {
				threads.add(thread);
			}
		}
		return threads;
	}

	BoundedExecutorStats stats(String name, ThreadKind threads, OverloadPolicy overloadPolicy, long now,
			boolean terminated) {
		BoundedTask<?> oldest = this.queue.head();
		return new BoundedExecutorStats(name, threads, this.maxConcurrency, this.queueCapacity, overloadPolicy,
				this.running.size(), this.queue.size(), this.line.size(),
				(oldest != null) ? Duration.ofNanos(Math.max(0, now - oldest.since)) : null, this.counts.succeeded(),
				this.counts.failed(), this.counts.cancelled(), this.counts.callerRuns(), this.counts.rejected(),
				this.counts.stalls(), state(terminated));
	}

	private BoundedExecutorStats.State state(boolean terminated) {
		if (terminated) {
			return BoundedExecutorStats.State.TERMINATED;
		}
		return (this.shutdown) ? BoundedExecutorStats.State.SHUTTING_DOWN : BoundedExecutorStats.State.ACTIVE;
	}

}
