package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * Work with a result that is given the scope it runs inside, to look at its deadline or
 * to move it. Always called on the thread that enters the scope.
 *
 * @param <T> the type of the result
 * @param <X> the type of checked exception the work throws
 * @since 0.1.0
 */
@FunctionalInterface
public interface DeadlineBody<T extends @Nullable Object, X extends Exception> {

	/**
	 * Does the work.
	 * @param scope the scope that the work runs inside
	 * @return the result
	 * @throws X if the work fails
	 */
	T call(DeadlineScope scope) throws X;

}
