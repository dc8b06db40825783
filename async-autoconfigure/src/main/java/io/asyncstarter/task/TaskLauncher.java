package io.asyncstarter.task;

/**
 * What runs the tasks of a group.
 */
interface TaskLauncher {

	/**
	 * Has a task run. One that cannot be run ends with the reason.
	 * @param task the task. It may have ended when this method returns, on this thread
	 * @param freePlace whether the calling thread has a place of its own that nothing
	 * else needs any more
	 */
	void launch(ForkedTask<?> task, boolean freePlace);

	/**
	 * Called when a task was cancelled before it was started.
	 */
	void withdraw(ForkedTask<?> task);

	/**
	 * Returns whether the calling thread keeps others from running the group's tasks as
	 * long as it waits for these.
	 */
	boolean canHelp();

	/**
	 * Runs a task that still waits for a thread on the calling one, if the calling thread
	 * has a right to that which would be idle otherwise.
	 * @return whether a task was run
	 */
	boolean help(ForkedTask<?> task);

}
