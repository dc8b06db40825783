package io.asyncstarter.executor;

/**
 * What a {@link BoundedExecutor} does with a task when as many tasks run and as many wait
 * as it allows.
 *
 * @since 0.1.0
 */
public enum OverloadPolicy {

	/**
	 * Refuses the task with an {@link ExecutorSaturatedException}, at once.
	 */
	REJECT,

	/**
	 * Blocks the submitting thread until there is room, in the order of arrival and at
	 * most for {@code max-wait}; then refuses the task.
	 */
	WAIT,

	/**
	 * Runs the task on the submitting thread, which slows the submitter down.
	 */
	CALLER_RUNS,

	/**
	 * Takes the task and discards the one that waited longest, whose future then fails
	 * with an {@link ExecutorSaturatedException}. Refuses the task if nothing waits.
	 */
	DISCARD_OLDEST

}
