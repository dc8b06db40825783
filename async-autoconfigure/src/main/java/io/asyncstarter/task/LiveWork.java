package io.asyncstarter.task;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * The roots of the tree of what goes on: groups that were opened outside of any other,
 * background tasks, and tasks that belong to neither. Everything else is found from
 * there.
 */
final class LiveWork {

	private final Set<TaskGroup> groups = ConcurrentHashMap.newKeySet();

	private final Set<BackgroundJob<?>> jobs = ConcurrentHashMap.newKeySet();

	private final Set<ForkedTask<?>> tasks = ConcurrentHashMap.newKeySet();

	private final Queue<Thread> waiters = new ConcurrentLinkedQueue<>();

	private final DeadlineTimer timer;

	LiveWork(DeadlineTimer timer) {
		this.timer = timer;
	}

	void add(TaskGroup group) {
		this.groups.add(group);
	}

	void remove(TaskGroup group) {
		this.groups.remove(group);
		removed();
	}

	void add(ForkedTask<?> task) {
		this.tasks.add(task);
	}

	void remove(ForkedTask<?> task) {
		this.tasks.remove(task);
		removed();
	}

	void add(BackgroundJob<?> job) {
		this.jobs.add(job);
	}

	/**
	 * Takes a background task out.
	 * @return whether it was there
	 */
	boolean remove(BackgroundJob<?> job) {
		boolean removed = this.jobs.remove(job);
		removed();
		return removed;
	}

	private void removed() {
		if (!this.waiters.isEmpty() && isEmpty()) {
			this.waiters.forEach(LockSupport::unpark);
		}
	}

	Collection<TaskGroup> groups() {
		return Collections.unmodifiableSet(this.groups);
	}

	Collection<BackgroundJob<?>> jobs() {
		return Collections.unmodifiableSet(this.jobs);
	}

	Collection<ForkedTask<?>> tasks() {
		return Collections.unmodifiableSet(this.tasks);
	}

	boolean isEmpty() {
		return this.groups.isEmpty() && this.jobs.isEmpty() && this.tasks.isEmpty();
	}

	/**
	 * Waits until nothing goes on.
	 * @return whether that was so within the time
	 */
	boolean awaitEmpty(Duration timeout) throws InterruptedException {
		Thread current = Thread.currentThread();
		long nanos = TimeUnit.NANOSECONDS.convert(timeout);
		long end = this.timer.nanoTime() + nanos;
		DeadlineTimer.Timeout wakeUp = this.timer.schedule(nanos, () -> LockSupport.unpark(current));
		this.waiters.add(current);
		try {
			while (!isEmpty()) {
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				if (this.timer.nanoTime() - end >= 0) {
					return false;
				}
				LockSupport.park(this);
			}
			return true;
		}
		finally {
			this.waiters.remove(current);
			wakeUp.cancel();
		}
	}

}
