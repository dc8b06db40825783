package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * The strategies of a policy. One that is {@code null} is absent and costs nothing, or,
 * where there is a parent, is the parent's.
 *
 * @param deadline how long the whole call may take, retries and waits included, more than
 * zero
 * @param timeout how long the work of each attempt may take, more than zero
 * @param retry when an attempt is repeated
 * @param hedge when an attempt is started beside another
 * @param circuitBreaker when calls are refused because earlier ones went badly
 * @param rateLimiter the name of the rate limiter
 * @param bulkhead how many calls are in flight at once
 * @param executor the name of the executor that the work is moved to
 * @since 0.1.0
 */
public record PolicySettings(@Nullable Duration deadline, @Nullable Duration timeout, @Nullable RetrySettings retry,
		@Nullable HedgeSettings hedge, @Nullable CircuitBreakerSettings circuitBreaker, @Nullable String rateLimiter,
		@Nullable BulkheadSettings bulkhead, @Nullable String executor) {

	/**
	 * No strategy at all.
	 */
	public static final PolicySettings NONE = new PolicySettings(null, null, null, null, null, null, null, null);

	public PolicySettings {
		Settings.requirePositive("deadline", deadline);
		Settings.requirePositive("timeout", timeout);
		Assert.isTrue(rateLimiter == null || !rateLimiter.isBlank(), "'rateLimiter' must not be blank");
		Assert.isTrue(executor == null || !executor.isBlank(), "'executor' must not be blank");
	}

	/**
	 * Returns these settings, completed by those of a parent, component by component.
	 * @param parent the parent, or {@code null} for none
	 * @return what is decided here, and what is decided there for the rest
	 */
	public PolicySettings withParent(@Nullable PolicySettings parent) {
		if (parent == null) {
			return this;
		}
		return new PolicySettings(Settings.first(this.deadline, parent.deadline),
				Settings.first(this.timeout, parent.timeout),
				(this.retry != null) ? this.retry.withParent(parent.retry) : parent.retry,
				(this.hedge != null) ? this.hedge.withParent(parent.hedge) : parent.hedge,
				(this.circuitBreaker != null) ? this.circuitBreaker.withParent(parent.circuitBreaker)
						: parent.circuitBreaker,
				Settings.first(this.rateLimiter, parent.rateLimiter),
				(this.bulkhead != null) ? this.bulkhead.withParent(parent.bulkhead) : parent.bulkhead,
				Settings.first(this.executor, parent.executor));
	}

}
