package io.asyncstarter.task;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A task of a group.
 *
 * @param <T> the type of the result
 */
final class ForkedTask<T extends @Nullable Object> extends TrackedTask<T> implements Subtask<T> {

	/*
	 * 'previous', 'next', 'told', 'admitted' and 'unresponsive' are guarded by the lock
	 * of the group's ChildList. 'starter' and 'successor' are only of interest to the
	 * thread that starts the task.
	 */

	@Nullable ForkedTask<?> previous;

	@Nullable ForkedTask<?> next;

	boolean told;

	boolean admitted;

	/**
	 * Whether it was reported that the task ignores its interruption.
	 */
	boolean unresponsive;

	private boolean refused;

	int index;

	/*
	 * When the task was forked or, if nobody asks for that and it did not have to wait,
	 * when it was started: looking at the time takes as long as all the rest of a fork.
	 */
	private long since;

	private boolean timed;

	private long startedAt;

	private boolean startTimed;

	/**
	 * The thread that is starting the task, as long as it does.
	 */
	@Nullable Thread starter;

	/**
	 * What that thread is to start next, because the task has ended on it.
	 */
	@Nullable ForkedTask<?> successor;

	/**
	 * What the executor knows the task by, if it was given to one.
	 */
	volatile @Nullable Future<?> future;

	/**
	 * The thread that has a place of the executor for the task, {@code null} if the task
	 * runs on a thread that is in the middle of something else.
	 */
	@Nullable Thread place;

	/**
	 * Whether the task runs in the place of another one of the group that has ended,
	 * because the executor had no other.
	 */
	boolean inheriting;

	private final TaskOwner owner;

	private final @Nullable String name;

	ForkedTask(TaskOwner owner, @Nullable String name, Deadline deadline, TaskContext context,
			Callable<? extends T> work) {
		super(deadline, context, work);
		this.owner = owner;
		this.name = name;
	}

	@Override
	public String getName() {
		return (this.name != null) ? this.name : "%s-%d".formatted(this.owner.getName(), this.index + 1);
	}

	/**
	 * Returns the name for the task's thread.
	 */
	@Nullable String givenName() {
		return this.name;
	}

	void forkedAt(long now) {
		this.since = now;
		this.timed = true;
	}

	/**
	 * Returns whether it is known when the task was forked.
	 */
	boolean isTimed() {
		return this.timed;
	}

	/**
	 * Notes the start of the task.
	 * @return how long it has waited
	 */
	long startedAt(long now) {
		this.startedAt = now;
		this.startTimed = true;
		return now - this.since;
	}

	/**
	 * Returns how long the task has run, zero if that is not known.
	 */
	long timeSinceStart(DeadlineTimer timer) {
		return (this.startTimed) ? timer.nanoTime() - this.startedAt : 0;
	}

	/**
	 * Returns how old the task is.
	 */
	long age(long now) {
		return (this.timed) ? Math.max(0, now - this.since) : 0;
	}

	@Override
	public State state() {
		return switch (status()) {
			case SUCCEEDED -> State.SUCCESS;
			case FAILED -> State.FAILED;
			case CANCELLED -> State.CANCELLED;
			default -> State.UNAVAILABLE;
		};
	}

	@Override
	// the outcome of a task that succeeded is its result
	@SuppressWarnings({ "unchecked", "NullAway" })
	public T get() {
		require(State.SUCCESS, "result");
		return (T) outcome();
	}

	@Override
	public Throwable exception() {
		require(State.FAILED, "exception");
		return Objects.requireNonNull((Throwable) outcome());
	}

	private void require(State state, String what) {
		State actual = state();
		if (actual != state) {
			String why = switch (actual) {
				case SUCCESS -> "has succeeded";
				case FAILED -> "has failed: " + outcome();
				case CANCELLED -> "was cancelled";
				case UNAVAILABLE -> "has not ended: call join() on the group first";
			};
			String message = "Subtask '%s' of group '%s' has no %s, it %s".formatted(getName(), this.owner.getName(),
					what, why);
			throw (actual == State.CANCELLED) ? new CancellationException(message) : new IllegalStateException(message);
		}
	}

	@Override
	public boolean cancel() {
		boolean asked = requestCancel();
		if (asked) {
			this.owner.cancelled(this);
		}
		return asked;
	}

	/**
	 * Ends this task, which its group has not taken in.
	 */
	void refuse() {
		this.refused = true;
		requestCancel();
	}

	@Override
	public @Nullable TaskGroup group() {
		return this.owner.group();
	}

	@Override
	boolean isRunBySomebodyElse() {
		return this.owner.hasExecutor() && !this.inheriting;
	}

	@Override
	boolean isStopped() {
		return this.owner.isStopped();
	}

	@Override
	void started() {
		this.owner.started(this);
	}

	@Override
	void ended(int ended) {
		if (!this.refused) {
			this.owner.ended(this, ended);
		}
	}

	@Override
	public String toString() {
		return "Subtask '%s' of group '%s' [%s]".formatted(getName(), this.owner.getName(), state());
	}

}
