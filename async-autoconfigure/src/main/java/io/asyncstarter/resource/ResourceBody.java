package io.asyncstarter.resource;

import org.jspecify.annotations.Nullable;

/**
 * Work that acquires resources in a scope.
 *
 * @param <T> the type of the result
 * @param <X> the type of checked exception the work throws
 * @since 0.1.0
 */
@FunctionalInterface
public interface ResourceBody<T extends @Nullable Object, X extends Exception> {

	/**
	 * Does the work.
	 * @param scope where to register the resources
	 * @return the result
	 * @throws X if the work fails
	 */
	T call(ResourceScope scope) throws X;

}
