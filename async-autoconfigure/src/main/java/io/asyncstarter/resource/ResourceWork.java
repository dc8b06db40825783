package io.asyncstarter.resource;

/**
 * Work without a result that acquires resources in a scope.
 *
 * @param <X> the type of checked exception the work throws
 * @since 0.1.0
 */
@FunctionalInterface
public interface ResourceWork<X extends Exception> {

	/**
	 * Does the work.
	 * @param scope where to register the resources
	 * @throws X if the work fails
	 */
	void run(ResourceScope scope) throws X;

}
