package io.asyncstarter.policy;

/**
 * A part of a call that does not block. It is started once.
 */
interface AsyncStep {

	void start();

	/**
	 * Gives up, at any time and any number of times: before the start, in the midst of it
	 * and after the end. The callback is not told.
	 */
	void cancel();

}
