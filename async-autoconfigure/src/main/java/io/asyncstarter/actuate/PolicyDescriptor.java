package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.policy.FairBulkhead;
import io.asyncstarter.policy.HedgeSettings;
import io.asyncstarter.policy.Jitter;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicySettings;
import io.asyncstarter.policy.PolicyStats;
import io.asyncstarter.policy.RetrySettings;

/**
 * What the endpoint says of a policy: the settings in effect, defaults included, the
 * state, and what has happened. A strategy that the policy does not have is {@code null}.
 *
 * @param deadline how long a call may take; can be changed
 * @param timeout how long the work of an attempt may take; can be changed
 * @param retry when an attempt is repeated
 * @param hedge when an attempt is started beside another
 * @param circuitBreaker the circuit breaker
 * @param rateLimiter the name of the rate limiter
 * @param bulkhead the bulkhead
 * @param executor the name of the executor that the work is moved to
 * @param counts how often each kind of event has happened
 * @param waits the waits, by the kinds of event that are about one
 * @since 0.1.0
 */
public record PolicyDescriptor(@Nullable Duration deadline, @Nullable Duration timeout, @Nullable Retry retry,
		@Nullable Hedge hedge, @Nullable Breaker circuitBreaker, @Nullable String rateLimiter,
		@Nullable Bulkhead bulkhead, @Nullable String executor, Map<PolicyEventKind, Long> counts,
		Map<PolicyEventKind, PolicyStats.Waited> waits) {

	static PolicyDescriptor of(Policy policy) {
		PolicySettings settings = policy.getSettings();
		PolicyStats stats = policy.getStats();
		return new PolicyDescriptor(policy.getDeadline().orElse(null), policy.getTimeout().orElse(null),
				(settings.retry() != null) ? Retry.of(settings.retry(), policy) : null,
				(settings.hedge() != null) ? Hedge.of(settings.hedge()) : null,
				policy.getCircuitBreaker().map(Breaker::of).orElse(null), settings.rateLimiter(),
				policy.getBulkhead().map(Bulkhead::of).orElse(null), settings.executor(), new EnumMap<>(stats.counts()),
				new EnumMap<>(stats.waits()));
	}

	/**
	 * When an attempt is repeated.
	 *
	 * @param maxAttempts how many attempts there are in all
	 * @param backoff the wait before the second attempt
	 * @param multiplier what the wait is multiplied by from attempt to attempt
	 * @param maxBackoff the longest wait
	 * @param jitter how the wait is spread
	 * @param budget the share of the calls that may be retried
	 * @param budgetLeft how many retries the budget has left now
	 * @param on the exceptions to retry; empty for all
	 * @param except the exceptions never to retry
	 * @param respectRetryAfter whether a wait that the other side asks for is granted
	 */
	public record Retry(@Nullable Integer maxAttempts, @Nullable Duration backoff, @Nullable Double multiplier,
			@Nullable Duration maxBackoff, @Nullable Jitter jitter, @Nullable Double budget,
			@Nullable Double budgetLeft, List<String> on, List<String> except, @Nullable Boolean respectRetryAfter) {

		private static Retry of(RetrySettings own, Policy policy) {
			RetrySettings settings = own.withParent(RetrySettings.DEFAULTS);
			return new Retry(settings.maxAttempts(), settings.backoff(), settings.multiplier(), settings.maxBackoff(),
					settings.jitter(), settings.budget(),
					(settings.budget() != null) ? policy.getRetryBudget().getAsDouble() : null, names(settings.on()),
					names(settings.except()), settings.respectRetryAfter());
		}

		private static List<String> names(@Nullable List<Class<? extends Throwable>> types) {
			return (types != null) ? types.stream().<String>map(Class::getName).toList() : List.of();
		}

	}

	/**
	 * When an attempt is started beside another.
	 *
	 * @param after how long the latest attempt may take before the next one is started
	 * @param max how many attempts are started besides the first
	 */
	public record Hedge(@Nullable Duration after, @Nullable Integer max) {

		private static Hedge of(HedgeSettings own) {
			HedgeSettings settings = own.withParent(HedgeSettings.DEFAULTS);
			return new Hedge(settings.after(), settings.max());
		}

	}

	/**
	 * The circuit breaker.
	 *
	 * @param state its state; can be changed
	 * @param failureRate the percentage of failures now, or {@code null} if there were
	 * too few calls
	 * @param slowCallRate the percentage of slow calls now, or {@code null} if there were
	 * too few calls
	 * @param calls how many of the latest calls are looked at
	 * @param notPermitted how many calls were refused
	 * @param settings the settings in effect
	 */
	public record Breaker(CircuitBreaker.State state, @Nullable Float failureRate, @Nullable Float slowCallRate,
			int calls, long notPermitted, BreakerSettings settings) {

		private static Breaker of(CircuitBreaker breaker) {
			CircuitBreaker.Metrics metrics = breaker.getMetrics();
			return new Breaker(breaker.getState(), rate(metrics.getFailureRate()), rate(metrics.getSlowCallRate()),
					metrics.getNumberOfBufferedCalls(), metrics.getNumberOfNotPermittedCalls(),
					BreakerSettings.of(breaker.getCircuitBreakerConfig()));
		}

		private static @Nullable Float rate(float rate) {
			return (rate >= 0) ? rate : null;
		}

	}

	/**
	 * The settings of the circuit breaker.
	 *
	 * @param failureRate the percentage of failures from which on it opens
	 * @param window how many of the latest calls are looked at
	 * @param minCalls how many calls there must be before the rates count
	 * @param openFor how long it stays open
	 * @param halfOpenCalls how many calls it lets through to see
	 * @param slowCall the time from which on a call is slow
	 * @param slowCallRate the percentage of slow calls from which on it opens
	 */
	public record BreakerSettings(float failureRate, int window, int minCalls, Duration openFor, int halfOpenCalls,
			Duration slowCall, float slowCallRate) {

		private static BreakerSettings of(CircuitBreakerConfig config) {
			return new BreakerSettings(config.getFailureRateThreshold(), config.getSlidingWindowSize(),
					config.getMinimumNumberOfCalls(),
					Duration.ofMillis(config.getWaitIntervalFunctionInOpenState().apply(1)),
					config.getPermittedNumberOfCallsInHalfOpenState(), config.getSlowCallDurationThreshold(),
					config.getSlowCallRateThreshold());
		}

	}

	/**
	 * The bulkhead.
	 *
	 * @param maxConcurrency how many calls may be in flight at once; can be changed
	 * @param maxWait how long a call waits for a permit; can be changed
	 * @param inFlight how many calls are in flight
	 * @param waiting how many calls wait for a permit
	 * @param keys of how many keys a call is in flight or waits
	 */
	public record Bulkhead(int maxConcurrency, Duration maxWait, int inFlight, int waiting, int keys) {

		private static Bulkhead of(FairBulkhead bulkhead) {
			return new Bulkhead(bulkhead.getMaxConcurrency(), bulkhead.getMaxWait(), bulkhead.getInFlightCount(),
					bulkhead.getWaitingCount(), bulkhead.getKeyCount());
		}

	}

}
