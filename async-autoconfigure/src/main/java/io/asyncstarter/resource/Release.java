package io.asyncstarter.resource;

/**
 * Releases a resource.
 *
 * @param <R> the type of the resource
 * @since 0.1.0
 */
@FunctionalInterface
public interface Release<R> {

	/**
	 * Releases a resource. Called once.
	 * @param resource the resource
	 * @throws Exception if that fails; the other resources of the scope are released all
	 * the same
	 */
	void release(R resource) throws Exception;

}
