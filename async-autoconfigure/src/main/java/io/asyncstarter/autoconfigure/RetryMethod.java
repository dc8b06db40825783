package io.asyncstarter.autoconfigure;

/**
 * Methods of HTTP requests, as properties name them where Spring's own type may be
 * absent.
 *
 * @since 0.1.0
 */
public enum RetryMethod {

	/**
	 * Gets something.
	 */
	GET,

	/**
	 * Gets the headers of something.
	 */
	HEAD,

	/**
	 * Does something.
	 */
	POST,

	/**
	 * Puts something in its place.
	 */
	PUT,

	/**
	 * Changes a part of something.
	 */
	PATCH,

	/**
	 * Deletes something.
	 */
	DELETE,

	/**
	 * Asks what can be done.
	 */
	OPTIONS,

	/**
	 * Asks for the request itself.
	 */
	TRACE

}
