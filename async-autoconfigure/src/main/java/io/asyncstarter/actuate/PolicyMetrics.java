package io.asyncstarter.actuate;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.policy.FairBulkhead;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicyEventPublisher;
import io.asyncstarter.policy.PolicySettings;

/**
 * Meters of the policies, with a tag {@code name}. All of them read what policies count
 * anyway, so they cost a call nothing. A policy has the meters of its strategies only.
 *
 * @since 0.1.0
 */
public final class PolicyMetrics implements MeterBinder {

	private static final String CALLS = "calls";

	private static final String ATTEMPTS = "attempts";

	private static final String OUTCOME = "outcome";

	private final Policies policies;

	private final @Nullable PolicyEventPublisher publisher;

	/**
	 * Creates a binder.
	 * @param policies the policies to measure
	 * @param publisher the publisher of their events, or {@code null} if there is none
	 */
	public PolicyMetrics(Policies policies, @Nullable PolicyEventPublisher publisher) {
		this.policies = policies;
		this.publisher = publisher;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.publisher != null) {
			FunctionCounter
				.builder("async.policy.events.dropped", this.publisher, PolicyEventPublisher::getDroppedCount)
				.description("Events that listeners did not keep up with")
				.baseUnit(BaseUnits.EVENTS)
				.register(registry);
		}
		for (Policy policy : this.policies.all()) {
			new PolicyMeters(registry, policy).bind();
		}
	}

	private static String tagValue(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The meters of one policy.
	 */
	private static final class PolicyMeters {

		private final MeterRegistry registry;

		private final Policy policy;

		private final Tags tags;

		private PolicyMeters(MeterRegistry registry, Policy policy) {
			this.registry = registry;
			this.policy = policy;
			this.tags = Tags.of("name", policy.getName());
		}

		private void bind() {
			PolicySettings settings = this.policy.getSettings();
			bindCalls();
			if (settings.retry() != null) {
				bindRetry(settings.retry().budget() != null);
			}
			if (settings.hedge() != null) {
				counter("async.policy.hedges", Tags.empty(), "Attempts started beside one that took long", ATTEMPTS,
						PolicyEventKind.HEDGED);
			}
			if (settings.rateLimiter() != null) {
				rejected("rate-limiter", PolicyEventKind.REJECTED_BY_RATE_LIMITER);
				wait("rate-limiter", PolicyEventKind.WAITED_FOR_RATE_LIMITER);
			}
			if (settings.executor() != null) {
				rejected("executor", PolicyEventKind.REJECTED_BY_EXECUTOR);
			}
			this.policy.getBulkhead().ifPresent(this::bindBulkhead);
			this.policy.getCircuitBreaker().ifPresent(this::bindCircuitBreaker);
		}

		private void bindCalls() {
			for (PolicyEventKind outcome : new PolicyEventKind[] { PolicyEventKind.SUCCEEDED, PolicyEventKind.FAILED,
					PolicyEventKind.DEADLINE_EXCEEDED, PolicyEventKind.CANCELLED }) {
				counter("async.policy.calls", Tags.of(OUTCOME, tagValue(outcome)), "Calls that have ended", CALLS,
						outcome);
			}
			counter("async.policy.timeouts", Tags.empty(), "Attempts that took longer than the timeout", ATTEMPTS,
					PolicyEventKind.TIMED_OUT);
			counter("async.policy.fallbacks", Tags.of(OUTCOME, "used"), "Calls that a fallback was asked for", CALLS,
					PolicyEventKind.FALLBACK_USED);
			counter("async.policy.fallbacks", Tags.of(OUTCOME, "failed"), "Calls that a fallback was asked for", CALLS,
					PolicyEventKind.FALLBACK_FAILED);
		}

		private void bindRetry(boolean budget) {
			for (PolicyEventKind decision : new PolicyEventKind[] { PolicyEventKind.RETRIED, PolicyEventKind.GAVE_UP,
					PolicyEventKind.BUDGET_SPENT }) {
				counter("async.policy.retries", Tags.of("decision", tagValue(decision)),
						"Decisions about a further attempt", ATTEMPTS, decision);
			}
			wait("backoff", PolicyEventKind.RETRIED);
			if (budget) {
				gauge("async.policy.retry.budget", Tags.empty(), "Retries that the budget has left", ATTEMPTS,
						this.policy, (source) -> source.getRetryBudget().orElse(Double.NaN));
			}
		}

		private void bindBulkhead(FairBulkhead bulkhead) {
			rejected("bulkhead", PolicyEventKind.REJECTED_BY_BULKHEAD);
			wait("bulkhead", PolicyEventKind.WAITED_FOR_BULKHEAD);
			gauge("async.policy.bulkhead.in-flight", Tags.empty(), "Calls that have a permit", CALLS, bulkhead,
					FairBulkhead::getInFlightCount);
			gauge("async.policy.bulkhead.waiting", Tags.empty(), "Calls that wait for a permit", CALLS, bulkhead,
					FairBulkhead::getWaitingCount);
			gauge("async.policy.bulkhead.max", Tags.empty(), "Greatest number of calls that have a permit at once",
					CALLS, bulkhead, FairBulkhead::getMaxConcurrency);
		}

		private void bindCircuitBreaker(CircuitBreaker breaker) {
			rejected("circuit-breaker", PolicyEventKind.REJECTED_BY_CIRCUIT_BREAKER);
			for (CircuitBreaker.State state : CircuitBreaker.State.values()) {
				gauge("async.policy.circuit-breaker.state", Tags.of("state", tagValue(state)),
						"1 for the state that the circuit breaker is in, 0 for the others", null, breaker,
						(source) -> (source.getState() != state) ? 0 : 1);
			}
			gauge("async.policy.circuit-breaker.failure-rate", Tags.empty(), "Share of calls that failed", "percent",
					breaker, (source) -> rate(source.getMetrics().getFailureRate()));
			gauge("async.policy.circuit-breaker.slow-call-rate", Tags.empty(), "Share of calls that were slow",
					"percent", breaker, (source) -> rate(source.getMetrics().getSlowCallRate()));
		}

		private static double rate(float rate) {
			return (rate >= 0) ? rate : Double.NaN;
		}

		private void rejected(String by, PolicyEventKind kind) {
			counter("async.policy.rejected", Tags.of("by", by), "Attempts that were refused", ATTEMPTS, kind);
		}

		private void counter(String name, Tags further, String description, String unit, PolicyEventKind kind) {
			FunctionCounter.builder(name, this.policy, (source) -> source.getCount(kind))
				.tags(this.tags.and(further))
				.description(description)
				.baseUnit(unit)
				.register(this.registry);
		}

		private void wait(String kind, PolicyEventKind event) {
			FunctionTimer
				.builder("async.policy.wait", this.policy, (source) -> source.getCount(event),
						(source) -> source.getTotalWait(event).toNanos(), TimeUnit.NANOSECONDS)
				.tags(this.tags.and("kind", kind))
				.description("Time that attempts waited before their work")
				.register(this.registry);
		}

		private <S> void gauge(String name, Tags further, String description, @Nullable String unit, S source,
				ToDoubleFunction<S> value) {
			Gauge.builder(name, source, value)
				.tags(this.tags.and(further))
				.description(description)
				.baseUnit(unit)
				.register(this.registry);
		}

	}

}
