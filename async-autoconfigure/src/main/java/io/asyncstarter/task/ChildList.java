package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;

/**
 * The tasks of a group that have not ended, and what has become of those that have.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // only with the lock
final class ChildList extends BriefLock {

	/*
	 * Invariants. (1) All fields are guarded by this lock; 'live' and 'stop' may be read
	 * without. (2) A task is in one of the three chains from its fork until it has ended:
	 * in 'told' when it has been asked to stop since the group was stopped, else in
	 * 'untold' once it was admitted, and before that in 'waiting', in the order of the
	 * forks. (3) 'live' counts them, and whoever holds the group open. (4) 'running'
	 * counts those that were admitted, at most 'bound'. (5) Once 'stop' is set nothing is
	 * added or admitted.
	 */

	private final int bound;

	private final TaskChain untold = new TaskChain();

	private final TaskChain told = new TaskChain();

	private final TaskChain waiting = new TaskChain();

	private @Nullable List<Failure> failures;

	private volatile int live;

	private int running;

	private int forked;

	private volatile @Nullable GroupStop stop;

	private boolean incomplete;

	ChildList(int bound) {
		this.bound = bound;
	}

	/**
	 * Takes a task in, unless the group has been stopped.
	 */
	Fork add(ForkedTask<?> task) {
		acquire();
		try {
			task.index = this.forked++;
			if (this.stop != null) {
				this.incomplete = true;
				return Fork.REFUSED;
			}
			this.live++;
			if (this.running < this.bound) {
				this.running++;
				admit(task);
				return Fork.ADMITTED;
			}
			this.waiting.add(task);
			return Fork.WAITING;
		}
		finally {
			release();
		}
	}

	private void admit(ForkedTask<?> task) {
		task.admitted = true;
		this.untold.add(task);
	}

	/**
	 * Keeps the group open, unless there is nothing left to keep it open for.
	 * @return whether the group is kept open until {@link #letGo()}
	 */
	boolean hold() {
		acquire();
		try {
			if (this.live == 0) {
				return false;
			}
			this.live++;
			return true;
		}
		finally {
			release();
		}
	}

	/**
	 * Ends what {@link #hold()} began.
	 * @return whether nothing is left
	 */
	boolean letGo() {
		acquire();
		try {
			return --this.live == 0;
		}
		finally {
			release();
		}
	}

	/**
	 * Keeps the failure of a task that is about to be removed, or of the body.
	 */
	void failed(int index, Throwable failure) {
		acquire();
		try {
			if (this.failures == null) {
				this.failures = new ArrayList<>();
			}
			this.failures.add(new Failure(index, failure));
		}
		finally {
			release();
		}
	}

	/**
	 * Takes a task out that has ended.
	 * @return a task that is to be started in its place, or {@code null} if there is none
	 */
	@Nullable ForkedTask<?> remove(ForkedTask<?> task, boolean cancelled) {
		acquire();
		try {
			chainOf(task).remove(task);
			this.incomplete |= cancelled && this.stop != null;
			ForkedTask<?> next = (task.admitted) ? admitNext() : null;
			this.live--;
			return next;
		}
		finally {
			release();
		}
	}

	private TaskChain chainOf(ForkedTask<?> task) {
		if (task.told) {
			return this.told;
		}
		return (task.admitted) ? this.untold : this.waiting;
	}

	private @Nullable ForkedTask<?> admitNext() {
		ForkedTask<?> next = (this.stop == null) ? this.waiting.first : null;
		if (next != null) {
			this.waiting.remove(next);
			admit(next);
		}
		else {
			this.running--;
		}
		return next;
	}

	/**
	 * Stops the group: nothing is added from now on.
	 * @return whether it was not stopped before
	 */
	boolean stop(GroupStop reason) {
		acquire();
		try {
			if (this.stop != null) {
				return false;
			}
			this.stop = reason;
			return true;
		}
		finally {
			release();
		}
	}

	/**
	 * Takes some of the tasks that are to be asked to stop.
	 * @param buffer where to put them
	 * @return how many there are; zero when all have been asked
	 */
	int tellNext(@Nullable ForkedTask<?>[] buffer) {
		acquire();
		try {
			int count = 0;
			for (ForkedTask<?> task = nextUntold(); task != null && count < buffer.length; task = nextUntold()) {
				chainOf(task).remove(task);
				this.told.add(task);
				task.told = true;
				buffer[count++] = task;
			}
			return count;
		}
		finally {
			release();
		}
	}

	private @Nullable ForkedTask<?> nextUntold() {
		return (this.untold.first != null) ? this.untold.first : this.waiting.first;
	}

	/**
	 * Returns tasks that have not ended.
	 * @param most how many at most
	 */
	List<ForkedTask<?>> snapshot(int most) {
		List<ForkedTask<?>> tasks = new ArrayList<>();
		acquire();
		try {
			for (TaskChain chain : List.of(this.told, this.untold, this.waiting)) {
				for (ForkedTask<?> task = chain.first; task != null && tasks.size() < most; task = task.next) {
					tasks.add(task);
				}
			}
		}
		finally {
			release();
		}
		return tasks;
	}

	/**
	 * Returns a task that was given to an executor and has not been started.
	 * @param tried those that are not wanted
	 */
	@Nullable ForkedTask<?> queued(Set<ForkedTask<?>> tried) {
		acquire();
		try {
			for (ForkedTask<?> task = this.untold.first; task != null; task = task.next) {
				if (task.future != null && task.status() == TrackedTask.WAITING && !tried.contains(task)) {
					return task;
				}
			}
			return null;
		}
		finally {
			release();
		}
	}

	/**
	 * Takes the failures out, in the order of their forks.
	 */
	List<Throwable> takeFailures() {
		List<Failure> taken;
		acquire();
		try {
			if (this.failures == null) {
				return List.of();
			}
			taken = this.failures;
			this.failures = null;
		}
		finally {
			release();
		}
		taken.sort(Comparator.comparingInt(Failure::index));
		return taken.stream().map(Failure::failure).toList();
	}

	/**
	 * Returns whether a task was cancelled or refused because the group was stopped.
	 */
	boolean isIncomplete() {
		acquire();
		try {
			return this.incomplete;
		}
		finally {
			release();
		}
	}

	int live() {
		return this.live;
	}

	@Nullable GroupStop stop() {
		return this.stop;
	}

	/**
	 * What became of a fork.
	 */
	enum Fork {

		/**
		 * The task is to be started.
		 */
		ADMITTED,

		/**
		 * The task waits for another one to end.
		 */
		WAITING,

		/**
		 * The group has been stopped.
		 */
		REFUSED

	}

	private record Failure(int index, Throwable failure) {

	}

}
