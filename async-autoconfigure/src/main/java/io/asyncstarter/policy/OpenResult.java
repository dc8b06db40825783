package io.asyncstarter.policy;

import io.asyncstarter.deadline.Deadline;

/**
 * A result that is returned before all of it is there, such as the answer of a server
 * whose body has yet to be read. The attempt that had it goes on: it keeps its permit,
 * and the circuit breaker is told of its end and not of its beginning.
 * <p>
 * Known to calls that return a value; a {@code Flux} goes on by itself.
 *
 * @since 0.1.0
 */
public interface OpenResult {

	/**
	 * Returns the deadline under which the work of the attempt had this result.
	 * @return {@link Deadline#current()} as it was inside the work
	 */
	Deadline deadline();

	/**
	 * Hands over the attempt, on the thread of the call. Whoever has it must end it.
	 * @param attempt the attempt
	 */
	void opened(OpenAttempt attempt);

}
