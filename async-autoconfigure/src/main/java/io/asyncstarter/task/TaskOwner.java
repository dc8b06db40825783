package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;

/**
 * What a task belongs to: the tasks of a group, or a piece of background work. All
 * methods may be called by any thread.
 */
interface TaskOwner {

	/**
	 * Returns the name of the task's group, or that of the task.
	 */
	String getName();

	/**
	 * Returns the group, or {@code null} if the task is not part of one.
	 */
	@Nullable TaskGroup group();

	/**
	 * Returns whether an executor runs the task.
	 */
	boolean hasExecutor();

	/**
	 * Returns whether tasks that have not been started are not to be started any more,
	 * and are to be cancelled, or have been.
	 */
	boolean isStopped();

	/**
	 * Called by the thread that is about to run a task.
	 */
	void started(ForkedTask<?> task);

	/**
	 * Called by the thread that has ended a task.
	 * @param ended the final status
	 */
	void ended(ForkedTask<?> task, int ended);

	/**
	 * Called when a task has been asked to stop by its handle.
	 */
	void cancelled(ForkedTask<?> task);

}
