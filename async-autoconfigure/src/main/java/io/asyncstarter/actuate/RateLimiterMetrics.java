package io.asyncstarter.actuate;

import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

/**
 * Meters of the rate limiters, with a tag {@code name}. How many calls they refuse, and
 * how long calls wait for them, is told by policy: see {@link PolicyMetrics}.
 *
 * @since 0.1.0
 */
public final class RateLimiterMetrics implements MeterBinder {

	private final RateLimiters rateLimiters;

	/**
	 * Creates a binder.
	 * @param rateLimiters the rate limiters to measure
	 */
	public RateLimiterMetrics(RateLimiters rateLimiters) {
		this.rateLimiters = rateLimiters;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (RateLimiter limiter : this.rateLimiters.all()) {
			gauge(registry, limiter, "async.rate-limiter.tokens", "Tokens that are there for calls without a key",
					"tokens", RateLimiter::getAvailableTokens);
			gauge(registry, limiter, "async.rate-limiter.burst", "Greatest number of tokens that are kept", "tokens",
					RateLimiter::getBurst);
			gauge(registry, limiter, "async.rate-limiter.rate", "Tokens that come in a second", "tokens",
					(source) -> TimeUnit.SECONDS.toNanos(1) * (double) source.getPermits() / source.getPer().toNanos());
			gauge(registry, limiter, "async.rate-limiter.waiting", "Calls that wait for a token", "calls",
					RateLimiter::getWaitingCount);
			gauge(registry, limiter, "async.rate-limiter.keys", "Keys that a bucket is kept for", "keys",
					RateLimiter::getKeyCount);
		}
	}

	private static void gauge(MeterRegistry registry, RateLimiter limiter, String name, String description, String unit,
			ToDoubleFunction<RateLimiter> value) {
		Gauge.builder(name, limiter, value)
			.tag("name", limiter.getName())
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

}
