package io.asyncstarter.benchmarks.policy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.reactor.bulkhead.operator.BulkheadOperator;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.github.resilience4j.reactor.ratelimiter.operator.RateLimiterOperator;
import io.github.resilience4j.reactor.retry.RetryOperator;
import io.github.resilience4j.reactor.timelimiter.TimeLimiterOperator;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import reactor.core.publisher.Mono;

import io.asyncstarter.policy.Policy;

/**
 * The ways to put retry, circuit breaker, rate limiter, bulkhead and timeout around a
 * mono that are compared.
 */
public enum MonoPolicies {

	/**
	 * The mono alone.
	 */
	DIRECT {

		@Override
		Mono<Integer> open(Mono<Integer> work) {
			return work;
		}

	},

	/**
	 * {@link Policy}.
	 */
	POLICY {

		@Override
		Mono<Integer> open(Mono<Integer> work) {
			return Strategies.five().mono(work);
		}

	},

	/**
	 * Resilience4j's operators.
	 */
	RESILIENCE4J_OPERATORS {

		@Override
		Mono<Integer> open(Mono<Integer> work) {
			return work.transformDeferred(TimeLimiterOperator.of(TimeLimiter.of(Strategies.TIMEOUT)))
				.transformDeferred(BulkheadOperator.of(Bulkhead.of("five", Strategies.bulkhead())))
				.transformDeferred(RateLimiterOperator.of(RateLimiter.of("five", Strategies.rateLimiter())))
				.transformDeferred(CircuitBreakerOperator.of(CircuitBreaker.of("five", Strategies.circuitBreaker())))
				.transformDeferred(RetryOperator.of(Retry.of("five", Strategies.retry())));
		}

	};

	abstract Mono<Integer> open(Mono<Integer> work);

}
