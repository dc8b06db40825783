package io.asyncstarter.benchmarks.policy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.decorators.Decorators;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.smallrye.faulttolerance.api.Guard;

import io.asyncstarter.policy.Policy;

/**
 * The ways to put retry, circuit breaker, rate limiter and bulkhead around a call that
 * are compared.
 */
public enum Pipeline {

	/**
	 * The call alone.
	 */
	DIRECT {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			return work;
		}

	},

	/**
	 * {@link Policy}.
	 */
	POLICY {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			Policy policy = Strategies.four();
			return () -> policy.call(work);
		}

	},

	/**
	 * Resilience4j's decorators, put together once.
	 */
	RESILIENCE4J_DECORATORS {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			Retry retry = Retry.of("four", Strategies.retry());
			io.github.resilience4j.circuitbreaker.CircuitBreaker breaker = io.github.resilience4j.circuitbreaker.CircuitBreaker
				.of("four", Strategies.circuitBreaker());
			RateLimiter limiter = RateLimiter.of("four", Strategies.rateLimiter());
			Bulkhead bulkhead = Bulkhead.of("four", Strategies.bulkhead());
			return Decorators.ofCallable(work)
				.withBulkhead(bulkhead)
				.withRateLimiter(limiter)
				.withCircuitBreaker(breaker)
				.withRetry(retry)
				.decorate();
		}

	},

	/**
	 * Failsafe's policies, put together once.
	 */
	FAILSAFE {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			FailsafeExecutor<Integer> executor = Failsafe
				.with(RetryPolicy.<Integer>builder().withMaxAttempts(Strategies.ATTEMPTS).build())
				.compose(CircuitBreaker.<Integer>builder()
					.withFailureThreshold(Strategies.WINDOW / 2, Strategies.WINDOW)
					.build())
				.compose(dev.failsafe.RateLimiter.<Integer>smoothBuilder(Strategies.PERMITS, Duration.ofSeconds(1))
					.build())
				.compose(dev.failsafe.Bulkhead.<Integer>of(Strategies.CONCURRENCY));
			return () -> executor.get(work::call);
		}

	},

	/**
	 * SmallRye's {@link Guard}, put together once.
	 */
	SMALLRYE_GUARD {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			Guard guard = Guard.create()
				.withRetry()
				.maxRetries(Strategies.ATTEMPTS - 1)
				.done()
				.withCircuitBreaker()
				.requestVolumeThreshold(Strategies.WINDOW)
				.done()
				.withRateLimit()
				.limit(Strategies.PERMITS)
				.window(1, ChronoUnit.SECONDS)
				.done()
				.withBulkhead()
				.limit(Strategies.CONCURRENCY)
				.done()
				.build();
			return () -> guard.call(work, Integer.class);
		}

	};

	abstract Callable<Integer> open(Callable<Integer> work);

}
