package io.asyncstarter.deadline;

/**
 * Work without a result that runs inside a scope and does not need the scope itself.
 * Always called on the thread that enters the scope.
 *
 * @param <X> the type of checked exception the work throws
 * @since 0.1.0
 */
@FunctionalInterface
public interface DeadlineRunnable<X extends Exception> {

	/**
	 * Does the work.
	 * @throws X if the work fails
	 */
	void run() throws X;

}
