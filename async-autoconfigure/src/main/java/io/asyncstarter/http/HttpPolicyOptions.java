package io.asyncstarter.http;

import java.util.Set;

import org.springframework.http.HttpMethod;
import org.springframework.util.Assert;

/**
 * How a policy is applied to an HTTP client.
 *
 * @param key what of a request's address is the key of the call
 * @param retryMethods the methods of requests that may be sent more than once. Others are
 * repeated only if they certainly were not sent
 * @since 0.1.0
 */
public record HttpPolicyOptions(HttpKey key, Set<HttpMethod> retryMethods) {

	private static final HttpPolicyOptions DEFAULTS = new HttpPolicyOptions(HttpKey.NONE, HttpOutcomes.IDEMPOTENT);

	public HttpPolicyOptions {
		Assert.notNull(key, "'key' must not be null");
		Assert.notNull(retryMethods, "'retryMethods' must not be null");
		retryMethods = Set.copyOf(retryMethods);
	}

	/**
	 * Returns the defaults: no key, and retries of the idempotent methods {@code GET},
	 * {@code HEAD}, {@code OPTIONS}, {@code PUT}, {@code DELETE} and {@code TRACE}.
	 * @return the defaults
	 */
	public static HttpPolicyOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns these options with another key.
	 * @param key what of a request's address is the key of the call
	 * @return the changed options
	 */
	public HttpPolicyOptions withKey(HttpKey key) {
		return new HttpPolicyOptions(key, this.retryMethods);
	}

	/**
	 * Returns these options with other methods.
	 * @param retryMethods the methods of requests that may be sent more than once
	 * @return the changed options
	 */
	public HttpPolicyOptions withRetryMethods(HttpMethod... retryMethods) {
		return new HttpPolicyOptions(this.key, Set.of(retryMethods));
	}

}
