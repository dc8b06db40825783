package io.asyncstarter.resource;

/**
 * Thrown by a scope whose work is done and whose resources could not all be released, if
 * the first of these failures is a checked exception. That one is the cause; the others
 * are suppressed in it.
 *
 * @since 0.1.0
 */
public class ResourceReleaseException extends RuntimeException {

	/**
	 * Creates an exception.
	 * @param cause the first failure
	 */
	public ResourceReleaseException(Throwable cause) {
		super("A resource could not be released: " + cause, cause);
	}

}
