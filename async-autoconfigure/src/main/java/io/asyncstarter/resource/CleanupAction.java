package io.asyncstarter.resource;

/**
 * What is to be done when a scope is left.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CleanupAction {

	/**
	 * Does it. Called once.
	 * @throws Exception if that fails; the other resources of the scope are released all
	 * the same
	 */
	void run() throws Exception;

}
