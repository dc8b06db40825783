package io.asyncstarter.actuate;

import java.time.Duration;

import io.asyncstarter.policy.RateLimiter;

/**
 * What the endpoint says of a rate limiter.
 *
 * @param permits how many tokens come in a period; can be changed
 * @param per the period; can be changed
 * @param burst how many tokens are kept; can be changed
 * @param maxWait how long a call waits for a token; can be changed
 * @param tokens how many tokens there are for calls without a key
 * @param waiting how many calls wait for a token
 * @param keys of how many keys a bucket is kept
 * @since 0.1.0
 */
public record RateLimiterDescriptor(long permits, Duration per, long burst, Duration maxWait, long tokens, int waiting,
		long keys) {

	static RateLimiterDescriptor of(RateLimiter limiter) {
		return new RateLimiterDescriptor(limiter.getPermits(), limiter.getPer(), limiter.getBurst(),
				limiter.getMaxWait(), limiter.getAvailableTokens(), limiter.getWaitingCount(), limiter.getKeyCount());
	}

}
