package io.asyncstarter.policy;

import io.asyncstarter.deadline.Deadline;

/**
 * The user's work in an attempt that does not block. It is started once.
 *
 * @param <T> the type of the result
 */
interface AsyncWork<T> {

	/**
	 * Starts the work on the calling thread.
	 * @param callback who is told how it ends
	 * @param deadline what the work is to know as its deadline
	 */
	void start(AsyncCallback<T> callback, Deadline deadline);

	/**
	 * Cancels the work, at any time and any number of times, also before its start.
	 */
	void cancel();

}
