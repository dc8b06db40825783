package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Raised when a rate limiter has no token for a call and the call may not wait for one as
 * long as it would take. The work was not done.
 *
 * @since 0.1.0
 */
public final class RateLimitExceededException extends PolicyRejectedException {

	private final String rateLimiterName;

	private final @Nullable Object key;

	private final Duration retryAfter;

	RateLimitExceededException(String policyName, String rateLimiterName, @Nullable Object key, Duration retryAfter) {
		super(policyName, "Rate limiter '%s' has no token%s for policy '%s': the next one is expected in %s"
			.formatted(rateLimiterName, (key != null) ? " for key '" + key + "'" : "", policyName, retryAfter), null);
		this.rateLimiterName = rateLimiterName;
		this.key = key;
		this.retryAfter = retryAfter;
	}

	/**
	 * Returns the name of the rate limiter.
	 * @return the name
	 */
	public String getRateLimiterName() {
		return this.rateLimiterName;
	}

	/**
	 * Returns the key whose tokens are used up.
	 * @return the key, or {@code null} if the tokens are those shared by all
	 */
	public @Nullable Object getKey() {
		return this.key;
	}

	/**
	 * Returns in what time there would have been a token for the call, after those who
	 * wait already.
	 * @return the estimate
	 */
	public Duration getRetryAfter() {
		return this.retryAfter;
	}

}
