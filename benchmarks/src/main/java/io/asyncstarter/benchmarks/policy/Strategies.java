package io.asyncstarter.benchmarks.policy;

import java.time.Duration;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.RetryConfig;

import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyBuilder;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

/**
 * The same strategies for all that are compared: three attempts, a breaker over 100
 * calls, and a limiter and a bulkhead that let everything pass.
 */
final class Strategies {

	static final int ATTEMPTS = 3;

	static final int WINDOW = 100;

	static final int CONCURRENCY = 1000;

	static final int PERMITS = 1_000_000_000;

	static final Duration TIMEOUT = Duration.ofSeconds(1);

	private Strategies() {
	}

	static Policy four() {
		return builder("four").build();
	}

	static Policy five() {
		return builder("five").timeout(TIMEOUT).build();
	}

	private static PolicyBuilder builder(String name) {
		RateLimiter limiter = RateLimiter.builder("limiter").permits(PERMITS).per(Duration.ofSeconds(1)).build();
		return Policy.builder(name)
			.environment(PolicyEnvironment.builder().rateLimiters(RateLimiters.of(limiter)).build())
			.retry((retry) -> retry.maxAttempts(ATTEMPTS))
			.circuitBreaker((breaker) -> breaker.window(WINDOW))
			.rateLimiter("limiter")
			.bulkhead(CONCURRENCY, Duration.ZERO);
	}

	static RetryConfig retry() {
		return RetryConfig.custom().maxAttempts(ATTEMPTS).build();
	}

	static CircuitBreakerConfig circuitBreaker() {
		return CircuitBreakerConfig.custom().slidingWindowSize(WINDOW).build();
	}

	static RateLimiterConfig rateLimiter() {
		return RateLimiterConfig.custom()
			.limitForPeriod(PERMITS)
			.limitRefreshPeriod(Duration.ofSeconds(1))
			.timeoutDuration(Duration.ZERO)
			.build();
	}

	static BulkheadConfig bulkhead() {
		return BulkheadConfig.custom().maxConcurrentCalls(CONCURRENCY).maxWaitDuration(Duration.ZERO).build();
	}

}
