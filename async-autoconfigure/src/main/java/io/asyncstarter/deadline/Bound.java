package io.asyncstarter.deadline;

/**
 * What bounds the work on a thread: a scope that was entered there, or a deadline that
 * was carried there without one.
 */
abstract sealed class Bound permits Deadline, DeadlineScope {

	/**
	 * Returns the earliest deadline of this bound and of all that it is inside of.
	 * @return the effective deadline
	 */
	abstract Deadline effective();

	/**
	 * Returns the timer that new deadlines inside of this bound use.
	 * @return the timer
	 */
	abstract DeadlineTimer timer();

}
