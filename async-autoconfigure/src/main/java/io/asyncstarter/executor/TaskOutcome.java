package io.asyncstarter.executor;

/**
 * How the run of a task ended.
 *
 * @since 0.1.0
 */
public enum TaskOutcome {

	/**
	 * The task returned.
	 */
	SUCCEEDED,

	/**
	 * The task threw an exception, its deadline or run timeout included.
	 */
	FAILED,

	/**
	 * The task's future was cancelled.
	 */
	CANCELLED

}
