package io.asyncstarter.task;

/**
 * What {@link Tasks#await} waits for.
 *
 * @since 0.1.0
 */
public enum Until {

	/**
	 * Any of the tasks has ended, in whichever way.
	 */
	FIRST_COMPLETED,

	/**
	 * Any of the tasks has failed, or all have ended. A cancelled one has not failed.
	 */
	FIRST_FAILED,

	/**
	 * All of the tasks have ended.
	 */
	ALL

}
