package io.asyncstarter.task;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.deadline.TaskBound;

/**
 * The tasks of a group, from their fork to their end: what may happen on any thread.
 */
final class GroupTasks implements TaskOwner {

	private static final int TELL_AT_ONCE = 64;

	private final TaskGroup group;

	private final Thread owner;

	private final GroupScope scope;

	private final TaskLauncher launcher;

	/**
	 * Whether a failure is that of its task alone.
	 */
	private final boolean tolerant;

	private final ChildList children;

	private final UnresponsiveTasks unresponsive;

	private final TaskEvents events;

	private final DeadlineTimer timer;

	/**
	 * Whether the owner is to be woken when something has changed.
	 */
	private volatile boolean awaited;

	/**
	 * Those who wait for single tasks, {@code null} as long as nobody has.
	 */
	private volatile @Nullable List<Consumer<? super ForkedTask<?>>> listeners;

	GroupTasks(TaskGroup group, GroupScope scope, TaskLauncher launcher, TaskGroupOptions options, boolean tolerant,
			Tasks tasks) {
		this.group = group;
		this.owner = group.owner();
		this.scope = scope;
		this.launcher = launcher;
		this.tolerant = tolerant;
		this.children = new ChildList(options.maxConcurrency());
		this.events = tasks.events();
		this.timer = tasks.timer();
		this.unresponsive = new UnresponsiveTasks(group, this.children, tasks, options.grace());
	}

	@Override
	public String getName() {
		return this.group.getName();
	}

	@Override
	public TaskGroup group() {
		return this.group;
	}

	ChildList children() {
		return this.children;
	}

	@Nullable GroupStop stop() {
		return this.children.stop();
	}

	@Override
	public boolean hasExecutor() {
		return this.launcher != ThreadLauncher.INSTANCE;
	}

	/**
	 * Takes a new task in and starts it if there is room.
	 */
	void fork(ForkedTask<?> task) {
		if (hasExecutor() || this.events.isListening()) {
			task.forkedAt(this.timer.nanoTime());
		}
		switch (this.children.add(task)) {
			case ADMITTED -> {
				start(task, false);
				helpNeeded();
			}
			case REFUSED -> task.refuse();
			case WAITING -> task.forkedAt(this.timer.nanoTime());
		}
	}

	/**
	 * Starts a task, and those whose turn it is because it has ended on this thread.
	 * @param freePlace whether this thread has just run a task of the group to its end,
	 * so that its place is free
	 */
	private void start(@Nullable ForkedTask<?> first, boolean freePlace) {
		ForkedTask<?> task = first;
		while (task != null) {
			task.starter = Thread.currentThread();
			this.launcher.launch(task, freePlace);
			task.starter = null;
			if (task.status() == TrackedTask.CANCELLED) {
				this.launcher.withdraw(task);
			}
			ForkedTask<?> successor = task.successor;
			task.successor = null;
			task = successor;
		}
	}

	@Override
	public boolean isStopped() {
		return this.children.stop() != null;
	}

	@Override
	public void started(ForkedTask<?> task) {
		if (!task.isTimed()) {
			task.forkedAt(this.timer.nanoTime());
		}
		if (this.events.isListening()) {
			this.events.taskStarted(getName(), task, task.startedAt(this.timer.nanoTime()));
		}
	}

	@Override
	public void ended(ForkedTask<?> task, int ended) {
		try {
			if (this.events.isListening()) {
				this.events.taskEnded(getName(), task, task.timeSinceStart(this.timer));
			}
			if (ended == TrackedTask.FAILED) {
				fail(task);
			}
		}
		finally {
			remove(task, ended);
			List<Consumer<? super ForkedTask<?>>> listeners = this.listeners;
			if (listeners != null) {
				listeners.forEach((listener) -> listener.accept(task));
			}
		}
	}

	/**
	 * Adds somebody who is told of each task that has ended, by the thread that ended it.
	 * @param listener who is told; must not block and must not throw
	 */
	void addListener(Consumer<? super ForkedTask<?>> listener) {
		this.children.acquire();
		try {
			if (this.listeners == null) {
				this.listeners = new CopyOnWriteArrayList<>();
			}
			this.listeners.add(listener);
		}
		finally {
			this.children.release();
		}
	}

	void removeListener(Consumer<? super ForkedTask<?>> listener) {
		List<Consumer<? super ForkedTask<?>>> listeners = this.listeners;
		if (listeners != null) {
			listeners.remove(listener);
		}
	}

	private void fail(ForkedTask<?> task) {
		Throwable failure = task.exception();
		if (this.tolerant && !(failure instanceof VirtualMachineError)) {
			return;
		}
		this.children.failed(task.index, failure);
		stop(GroupStop.Cause.TASK_FAILED, "task '%s' has failed".formatted(task.getName()));
	}

	private void remove(ForkedTask<?> task, int ended) {
		ForkedTask<?> next = this.children.remove(task, ended == TrackedTask.CANCELLED);
		if (task.starter == Thread.currentThread()) {
			task.successor = next;
		}
		else {
			start(next, task.place == Thread.currentThread());
		}
		if (this.children.live() == 0) {
			wakeOwner();
		}
	}

	@Override
	public void cancelled(ForkedTask<?> task) {
		this.launcher.withdraw(task);
		if (task.isRunning()) {
			this.unresponsive.watch(task);
		}
	}

	/**
	 * Stops the group, unless it has been stopped: no more tasks, and those that there
	 * are are asked to stop. A failure and a cancellation interrupt the body.
	 */
	void stop(GroupStop.Cause cause, String reason) {
		boolean interrupts = cause == GroupStop.Cause.TASK_FAILED
				|| (cause == GroupStop.Cause.CANCELLED && !isWithinTaskInPlace());
		boolean asksBody = interrupts && Thread.currentThread() != this.owner;
		if (!this.children.stop(new GroupStop(cause, reason, asksBody))) {
			return;
		}
		if (interrupts) {
			this.scope.cancel();
		}
		this.unresponsive.watchAll();
		tellAll();
	}

	/**
	 * Returns whether the calling thread is the owner's, and runs a task of the group.
	 */
	private boolean isWithinTaskInPlace() {
		return Thread.currentThread() == this.owner
				&& TaskBound.innermost(TreeParent.class) instanceof ForkedTask<?> task && task.group() == this.group;
	}

	/**
	 * Stops the group because its deadline has passed. Called on the timer's thread,
	 * which has no time to tell many tasks.
	 */
	void expired() {
		GroupStop stop = new GroupStop(GroupStop.Cause.DEADLINE, "its deadline has passed", true);
		if (this.children.stop(stop) && this.children.hold()) {
			Thread.ofVirtual().inheritInheritableThreadLocals(false).start(() -> {
				try {
					this.unresponsive.watchAll();
					tellAll();
				}
				finally {
					if (this.children.letGo()) {
						wakeOwner();
					}
				}
			});
		}
	}

	private void tellAll() {
		Thread current = Thread.currentThread();
		@Nullable ForkedTask<?>[] buffer = new ForkedTask<?>[TELL_AT_ONCE];
		for (int count = this.children.tellNext(buffer); count > 0; count = this.children.tellNext(buffer)) {
			for (int i = 0; i < count; i++) {
				ForkedTask<?> task = buffer[i];
				if (task != null && task.thread() != current && task.requestCancel()) {
					this.launcher.withdraw(task);
				}
			}
		}
	}

	/**
	 * Waits until all tasks have ended. An interrupt stops the group and does not end the
	 * wait. Called by the owner.
	 * @param signalled whether the interrupt flag, if it is set, speaks of the group's
	 * own interrupt, and is to be left as it is
	 * @return whether the owner was interrupted meanwhile; the flag is clear then
	 */
	boolean awaitAll(boolean signalled) {
		boolean pending = signalled && Thread.interrupted();
		boolean interrupted = false;
		this.awaited = true;
		try {
			while (this.children.live() > 0) {
				if (Thread.interrupted()) {
					interrupted = true;
					stop(GroupStop.Cause.OWNER_INTERRUPTED, "its owner was interrupted");
				}
				else if (!help()) {
					LockSupport.park(this);
				}
			}
		}
		finally {
			this.awaited = false;
			if (pending) {
				this.owner.interrupt();
			}
		}
		return interrupted;
	}

	/**
	 * Runs tasks that wait for a place of an executor of which this thread occupies one.
	 * @return whether a task was run
	 */
	boolean help() {
		boolean helped = false;
		if (this.launcher.canHelp()) {
			Set<ForkedTask<?>> tried = new HashSet<>();
			for (ForkedTask<?> task = this.children.queued(tried); task != null; task = this.children.queued(tried)) {
				if (this.launcher.help(task)) {
					helped = true;
				}
				else {
					tried.add(task);
				}
			}
		}
		return helped;
	}

	/**
	 * Wakes an owner that keeps the executor from running a new task.
	 */
	private void helpNeeded() {
		if (hasExecutor()) {
			wakeOwner();
		}
	}

	private void wakeOwner() {
		if (this.awaited) {
			LockSupport.unpark(this.owner);
		}
	}

	void close() {
		this.unresponsive.close();
	}

}
