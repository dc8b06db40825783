package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * What bounds the work on a thread: something that was entered there, or a deadline that
 * was carried there without being entered.
 */
abstract sealed class Bound permits Deadline, ThreadBound {

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

	/**
	 * Returns the deadline that was carried here and that nobody enforces. The next scope
	 * inside does.
	 * @return the deadline, {@link Deadline#none()} if there is none
	 */
	abstract Deadline unenforced();

	/**
	 * Returns the expiry of the innermost scope at or around this bound.
	 * @return the expiry, or {@code null} if there is no scope
	 */
	abstract @Nullable ScopeExpiry innermostExpiry();

	/**
	 * Returns the innermost task at or around this bound.
	 * @return the task, or {@code null} if there is none
	 */
	abstract @Nullable TaskBound innermostTask();

}
