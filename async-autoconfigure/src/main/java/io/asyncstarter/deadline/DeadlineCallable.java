package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * Work with a result that runs inside a scope and does not need the scope itself. Always
 * called on the thread that enters the scope.
 *
 * @param <T> the type of the result
 * @param <X> the type of checked exception the work throws
 * @since 0.1.0
 */
@FunctionalInterface
public interface DeadlineCallable<T extends @Nullable Object, X extends Exception> {

	/**
	 * Does the work.
	 * @return the result
	 * @throws X if the work fails
	 */
	T call() throws X;

}
