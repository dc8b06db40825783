package io.asyncstarter.task;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.context.ObservedScope;
import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.deadline.Interruption;
import io.asyncstarter.deadline.TaskBound;

/**
 * Tasks that belong together: they start inside of a block of code, and when the block is
 * left they have all ended. The first that fails cancels the others and the block's body.
 * Verbs are those of the JDK's {@code StructuredTaskScope}, semantics those of asyncio's
 * {@code TaskGroup}.
 *
 * @since 0.1.0
 */
public final class TaskGroup implements AutoCloseable {

	private static final int BODY = Integer.MAX_VALUE;

	private final String name;

	private final Thread owner = Thread.currentThread();

	private final GroupScope scope;

	private final GroupTasks tasks;

	private final Deadline deadline;

	private final @Nullable TreeParent parent;

	private final LiveWork live;

	private final DeadlineTimer timer;

	private final TaskEvents events;

	private final long since;

	private final @Nullable ObservedScope observed;

	private volatile Phase phase = Phase.OPEN;

	private @Nullable GroupEnd end;

	/**
	 * Opens a group.
	 * @param tolerant whether the failure of a task is its own affair, rather than that
	 * of the group
	 */
	TaskGroup(String name, TaskGroupOptions options, TaskLauncher launcher, boolean tolerant, Tasks tasks) {
		this.name = name;
		this.live = tasks.live();
		this.timer = tasks.timer();
		this.events = tasks.events();
		this.since = this.timer.nanoTime();
		Deadline own = (options.deadline() != null) ? Deadline.after(options.deadline(), tasks.timer())
				: Deadline.none();
		this.scope = new GroupScope(this, own, this::deadlinePassed);
		this.tasks = new GroupTasks(this, this.scope, launcher, options, tolerant, tasks);
		this.parent = TaskBound.innermost(TreeParent.class);
		this.observed = ObservedScope.open(tasks.observer(), "task-group", name);
		this.scope.enter();
		this.deadline = this.scope.effectiveDeadline();
		if (this.parent != null) {
			this.parent.nest(this);
		}
		else {
			this.live.add(this);
		}
	}

	/**
	 * Returns the name of this group.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Starts work in this group. It has what is bound to the calling thread, and inherits
	 * its deadline. Never blocks: if the group's bound is reached, the work waits until
	 * others have ended.
	 * <p>
	 * If the group has been stopped, by a failure, its deadline or a cancellation, the
	 * work never runs and the subtask is cancelled.
	 * @param <T> the type of the result
	 * @param name the name of the work
	 * @param work the work
	 * @return the subtask
	 * @throws IllegalStateException if this group has been joined or closed
	 * @throws WrongThreadException if the caller is neither the owner nor part of a task
	 * of this group
	 */
	public <T extends @Nullable Object> Subtask<T> fork(String name, Callable<? extends T> work) {
		Assert.notNull(name, "'name' must not be null");
		return forkTask(name, work);
	}

	/**
	 * Starts work without a name in this group.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the subtask
	 * @throws IllegalStateException if this group has been joined or closed
	 * @throws WrongThreadException if the caller is neither the owner nor part of a task
	 * of this group
	 * @see #fork(String, Callable)
	 */
	public <T extends @Nullable Object> Subtask<T> fork(Callable<? extends T> work) {
		return forkTask(null, work);
	}

	/**
	 * Starts work without a result in this group.
	 * @param name the name of the work
	 * @param work the work
	 * @return the subtask
	 * @throws IllegalStateException if this group has been joined or closed
	 * @throws WrongThreadException if the caller is neither the owner nor part of a task
	 * of this group
	 * @see #fork(String, Callable)
	 */
	public Subtask<?> fork(String name, Runnable work) {
		Assert.notNull(work, "'work' must not be null");
		return fork(name, Executors.callable(work));
	}

	/**
	 * Starts work without a name and a result in this group.
	 * @param work the work
	 * @return the subtask
	 * @throws IllegalStateException if this group has been joined or closed
	 * @throws WrongThreadException if the caller is neither the owner nor part of a task
	 * of this group
	 * @see #fork(String, Callable)
	 */
	public Subtask<?> fork(Runnable work) {
		Assert.notNull(work, "'work' must not be null");
		return fork(Executors.callable(work));
	}

	private <T extends @Nullable Object> ForkedTask<T> forkTask(@Nullable String name, Callable<? extends T> work) {
		Assert.notNull(work, "'work' must not be null");
		requireMember();
		requireForkable();
		ForkedTask<T> task = new ForkedTask<>(this.tasks, name, this.deadline, TaskContext.capture(),
				limited(name, work));
		this.tasks.fork(task);
		return task;
	}

	/**
	 * Limits work that is forked where an earlier deadline applies than the group's.
	 */
	private <T extends @Nullable Object> Callable<? extends T> limited(@Nullable String name,
			Callable<? extends T> work) {
		if (this.scope.isInnermost()) {
			return work;
		}
		Deadline current = Deadline.current();
		if (this.deadline.earliest(current).equals(this.deadline)) {
			return work;
		}
		return () -> current.<T>call((name != null) ? name : this.name, work::call);
	}

	private void requireMember() {
		if (Thread.currentThread() == this.owner) {
			return;
		}
		TreeParent inside = TaskBound.innermost(TreeParent.class);
		TaskGroup group = (inside != null) ? inside.group() : null;
		while (group != null && group != this) {
			group = (group.parent != null) ? group.parent.group() : null;
		}
		if (group == null) {
			throw new WrongThreadException(
					"Thread \"%s\" must not fork in group '%s': only its owner and its own tasks may"
						.formatted(Thread.currentThread().getName(), this.name));
		}
	}

	private void requireForkable() {
		if (this.phase.compareTo(Phase.JOINED) >= 0) {
			throw new IllegalStateException("Group '%s' must not be forked in: it has been %s".formatted(this.name,
					(this.phase == Phase.CLOSED) ? "closed" : "joined"));
		}
	}

	/**
	 * Waits until all tasks of this group have ended, those included that they fork
	 * meanwhile. To be called once.
	 * @throws TaskGroupException if tasks have failed
	 * @throws DeadlineExceededException if tasks were cancelled by the group's deadline
	 * @throws InterruptedException if the owner was interrupted; the tasks have been
	 * cancelled and have ended
	 * @throws IllegalStateException if this group has been joined or closed
	 * @throws WrongThreadException if the caller is not the owner
	 */
	public void join() throws InterruptedException {
		requireOwner("join");
		if (this.phase != Phase.OPEN) {
			throw new IllegalStateException("Group '%s' must not be joined: it has been %s already".formatted(this.name,
					(this.phase == Phase.CLOSED) ? "closed" : "joined"));
		}
		awaitTasks().raise();
	}

	private GroupEnd awaitTasks() {
		this.phase = Phase.JOINING;
		boolean interrupted = this.tasks.awaitAll(this.scope.quiet());
		return joined().afterBody(interrupted, this.scope.leaveQuietly());
	}

	private GroupEnd joined() {
		if (this.phase != Phase.CLOSED) {
			this.phase = Phase.JOINED;
		}
		GroupEnd end = new GroupEnd(this.name, this.tasks, this.scope);
		this.end = end;
		return end;
	}

	/**
	 * Stops this group: tasks that wait never run, running ones are interrupted, except
	 * for one that cancels, and so is the body, also if it is the body that cancels: it
	 * is interrupted where it blocks next, {@link #join} apart. This ends the group
	 * without an exception, unless there are failures; only in the {@code try} form a
	 * body that blocks on throws its interruption. Has no effect on a group that has been
	 * stopped or has ended. Can be called by any thread.
	 * @param reason the reason, for those who look at the group
	 */
	public void cancel(String reason) {
		Assert.notNull(reason, "'reason' must not be null");
		if (this.phase.compareTo(Phase.JOINED) < 0) {
			this.tasks.stop(GroupStop.Cause.CANCELLED, reason);
		}
	}

	/**
	 * Returns whether this group has been stopped before all of its tasks had ended: by a
	 * failure, its deadline, an interrupt of its owner or a call of {@link #cancel}.
	 * @return {@code true} if the group takes no more tasks for that reason
	 */
	public boolean isCancelled() {
		return this.tasks.stop() != null;
	}

	/**
	 * Leaves this group. If it has not been joined, its tasks are cancelled and awaited,
	 * and what failed is thrown. Has no effect on a group that has been closed.
	 * @throws TaskGroupException if tasks have failed and nobody has been told yet
	 * @throws DeadlineExceededException if tasks were cancelled by the group's deadline
	 * and nobody has been told yet
	 * @throws IllegalStateException if another group was opened in the body of this one
	 * and not closed; both are closed now
	 * @throws WrongThreadException if the caller is not the owner
	 */
	@Override
	public void close() {
		requireOwner("close");
		if (this.phase == Phase.CLOSED) {
			return;
		}
		TaskGroup nested = this.scope.nested();
		IllegalStateException misuse = (nested != null)
				? nested.closeForgotten("Group '%s' must not be closed".formatted(this.name)) : null;
		GroupEnd end = null;
		if (this.phase == Phase.OPEN) {
			this.tasks.stop(GroupStop.Cause.CLOSED, "it was left without being joined");
			end = awaitTasks();
		}
		finish();
		if (end != null) {
			end.raiseUnchecked();
		}
		if (misuse != null) {
			throw misuse;
		}
	}

	/**
	 * Closes this group, since what it was opened inside of ends now.
	 * @param message what must not happen while it is open
	 * @return what there is to complain about
	 */
	IllegalStateException closeForgotten(String message) {
		IllegalStateException misuse = new IllegalStateException(
				"%s before group '%s', which was opened inside of it and is closed now too".formatted(message,
						this.name));
		try {
			close();
		}
		catch (RuntimeException ex) {
			misuse.addSuppressed(ex);
		}
		return misuse;
	}

	/**
	 * Runs the body of this group, joins and closes it.
	 */
	<T extends @Nullable Object> T run(GroupBody<T> body) throws InterruptedException {
		try (TaskGroup group = this) {
			return group.runAndJoin(body);
		}
	}

	private <T extends @Nullable Object> T runAndJoin(GroupBody<T> body) throws InterruptedException {
		try {
			T result = body.run(this);
			if (this.phase == Phase.OPEN) {
				join();
			}
			return result;
		}
		catch (Throwable ex) {
			GroupEnd end = this.end;
			((end != null && ex.equals(end.failure())) ? end : bodyFailed(ex)).raise();
			return noResult();
		}
	}

	private GroupEnd bodyFailed(Throwable failure) {
		Interruption interruption = Interruption.in(failure);
		boolean own = this.phase == Phase.OPEN && this.scope.leave(interruption);
		boolean cancelled = !own && isCancellation(interruption);
		if (cancelled && interruption == Interruption.TRANSLATED) {
			// The flag, if it is set, speaks of the same interrupt.
			Thread.interrupted();
		}
		if (!cancelled && !own) {
			this.tasks.children().failed(BODY, failure);
		}
		boolean again = false;
		if (this.phase == Phase.OPEN) {
			this.phase = Phase.JOINING;
			stop(own, cancelled);
			again = this.tasks.awaitAll(false);
		}
		return joined().bodyFailed(failure, own, cancelled, again);
	}

	private boolean isCancellation(Interruption interruption) {
		return switch (interruption) {
			case DELIVERED -> true;
			case TRANSLATED -> this.owner.isInterrupted() || this.scope.isCancelledFromAround();
			case ABSENT -> false;
		};
	}

	private void stop(boolean own, boolean cancelled) {
		if (own && this.scope.isDeadlineExceeded()) {
			this.tasks.stop(GroupStop.Cause.DEADLINE, "its deadline has passed");
		}
		else if (cancelled) {
			this.tasks.stop(GroupStop.Cause.OWNER_INTERRUPTED, "its owner was interrupted");
		}
		else {
			this.tasks.stop(GroupStop.Cause.BODY_FAILED, "its body has failed");
		}
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" }) // see inGroup
	private static <T extends @Nullable Object> T noResult() {
		return null;
	}

	private void finish() {
		if (this.phase == Phase.CLOSED) {
			return;
		}
		this.phase = Phase.CLOSED;
		this.tasks.close();
		this.scope.exit();
		try {
			if (this.observed != null) {
				this.observed.close((this.end != null) ? this.end.failure() : null);
			}
			if (this.end != null && this.events.isListening()) {
				this.events.groupEnded(this.name, this.end.outcome(), this.timer.nanoTime() - this.since);
			}
		}
		finally {
			if (this.parent != null) {
				this.parent.nest(null);
			}
			else {
				this.live.remove(this);
			}
		}
	}

	/**
	 * Called on the timer's thread.
	 */
	private void deadlinePassed() {
		this.tasks.expired();
	}

	private void requireOwner(String verb) {
		if (Thread.currentThread() != this.owner) {
			throw new WrongThreadException("Thread \"%s\" must not %s group '%s': only its owner \"%s\" may"
				.formatted(Thread.currentThread().getName(), verb, this.name, this.owner.getName()));
		}
	}

	Thread owner() {
		return this.owner;
	}

	GroupTasks tasks() {
		return this.tasks;
	}

	GroupScope scope() {
		return this.scope;
	}

	/**
	 * Returns whether the body runs on although it was asked to stop.
	 */
	boolean isBodyUnresponsive() {
		GroupStop stop = this.tasks.stop();
		return this.phase == Phase.OPEN && stop != null && stop.asksBody();
	}

	@Override
	public String toString() {
		GroupStop stop = this.tasks.stop();
		return "TaskGroup '%s' [%s, %d running%s]".formatted(this.name, this.phase, this.tasks.children().live(),
				(stop != null) ? ", stopped: " + stop.reason() : "");
	}

	/**
	 * Returns what to throw where there is no result because the group was cancelled.
	 */
	CancellationException cancellation() {
		GroupStop stop = this.tasks.stop();
		return new CancellationException(
				"Group '%s' was cancelled: %s".formatted(this.name, (stop != null) ? stop.reason() : "its tasks were"));
	}

	Deadline deadline() {
		return this.deadline;
	}

	long since() {
		return this.since;
	}

	TaskNode.State state() {
		if (isCancelled()) {
			return TaskNode.State.CANCELLING;
		}
		return (this.phase == Phase.JOINING) ? TaskNode.State.JOINING : TaskNode.State.RUNNING;
	}

	/**
	 * Where the owner is.
	 */
	enum Phase {

		/**
		 * In the body.
		 */
		OPEN,

		/**
		 * Waiting for the tasks.
		 */
		JOINING,

		/**
		 * After the last task has ended.
		 */
		JOINED,

		/**
		 * Outside.
		 */
		CLOSED

	}

}
