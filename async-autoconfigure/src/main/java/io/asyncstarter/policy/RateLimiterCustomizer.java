package io.asyncstarter.policy;

/**
 * Callback for beans that change the rate limiters created from
 * {@code async.rate-limiters.*}, after the properties were applied. Customizers are
 * called in their order, once a rate limiter.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RateLimiterCustomizer {

	/**
	 * Customizes a rate limiter that is about to be built.
	 * @param name the name of the rate limiter
	 * @param builder the builder to change
	 */
	void customize(String name, RateLimiter.Builder builder);

}
