package io.asyncstarter.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.CircuitBreakerOpenException;
import io.asyncstarter.policy.Jitter;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class PolicyMetricsTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final RateLimiter limiter = RateLimiter.builder("shared")
		.permits(2)
		.per(Duration.ofMillis(500))
		.burst(3)
		.maxWait(Duration.ofSeconds(5))
		.timer(this.timer)
		.build();

	private final PolicyEnvironment environment = PolicyEnvironment.builder()
		.timer(this.timer)
		.rateLimiters(RateLimiters.of(this.limiter))
		.resumer(Runnable::run)
		.build();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private void bind(Policy... policies) {
		new PolicyMetrics(Policies.of(policies), null).bindTo(this.registry);
	}

	private double count(String name, String... tags) {
		return this.registry.get(name).tag("name", "github").tags(tags).functionCounter().count();
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tag("name", "github").tags(tags).gauge().value();
	}

	private static void fail(Policy policy) {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(() -> {
			throw new IOException("expected");
		}));
	}

	@Test
	void eachOutcomeOfACallIsCounted() throws Exception {
		Policy policy = Policy.builder("github")
			.environment(this.environment)
			.deadline(Duration.ofSeconds(1))
			.timeout(Duration.ofMillis(800))
			.build();
		bind(policy);

		policy.call(() -> 1);
		policy.call(() -> 2);
		fail(policy);
		CompletableFuture<Object> cancelled = policy.stage(CompletableFuture::new);
		cancelled.cancel(true);
		CompletableFuture<Object> late = policy.stage(CompletableFuture::new);
		this.timer.advance(Duration.ofMillis(900));

		assertThat(late).isCompletedExceptionally();
		assertThat(count("async.policy.calls", "outcome", "succeeded")).isEqualTo(2);
		assertThat(count("async.policy.calls", "outcome", "failed")).isEqualTo(2);
		assertThat(count("async.policy.calls", "outcome", "cancelled")).isEqualTo(1);
		assertThat(count("async.policy.calls", "outcome", "deadline-exceeded")).isZero();
		assertThat(count("async.policy.timeouts")).isEqualTo(1);
	}

	@Test
	void retriesAndTheirWaitsAreCounted() {
		Policy policy = Policy.builder("github")
			.environment(this.environment)
			.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ofMillis(100)).jitter(Jitter.NONE).budget(0.5))
			.build();
		bind(policy);

		CompletableFuture<Object> future = policy.stage(() -> CompletableFuture.failedFuture(new IOException()));
		this.timer.advance(Duration.ofMillis(100));
		this.timer.advance(Duration.ofMillis(200));

		assertThat(future).isCompletedExceptionally();
		assertThat(count("async.policy.retries", "decision", "retried")).isEqualTo(2);
		assertThat(count("async.policy.retries", "decision", "gave-up")).isEqualTo(1);
		assertThat(count("async.policy.retries", "decision", "budget-spent")).isZero();
		assertThat(this.registry.get("async.policy.wait").tag("kind", "backoff").functionTimer().count()).isEqualTo(2);
		assertThat(this.registry.get("async.policy.wait")
			.tag("kind", "backoff")
			.functionTimer()
			.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(300);
		assertThat(gauge("async.policy.retry.budget")).isPositive();
	}

	@Test
	void bulkheadIsMeasured() {
		Policy policy = Policy.builder("github")
			.environment(this.environment)
			.bulkhead(1, Duration.ofSeconds(1))
			.build();
		bind(policy);

		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> first = policy.stage(() -> work);
		CompletableFuture<String> second = policy.stage(() -> CompletableFuture.completedFuture("second"));
		CompletableFuture<String> third = policy.stage(() -> CompletableFuture.completedFuture("third"));

		assertThat(gauge("async.policy.bulkhead.in-flight")).isEqualTo(1);
		assertThat(gauge("async.policy.bulkhead.waiting")).isEqualTo(2);
		assertThat(gauge("async.policy.bulkhead.max")).isEqualTo(1);
		third.cancel(true);
		this.timer.advance(Duration.ofMillis(300));
		work.complete("first");
		assertThat(first).isCompletedWithValue("first");
		assertThat(second).isCompletedWithValue("second");
		assertThat(this.registry.get("async.policy.wait").tag("kind", "bulkhead").functionTimer().count())
			.isGreaterThanOrEqualTo(1);
		assertThat(count("async.policy.rejected", "by", "bulkhead")).isZero();
	}

	@Test
	void circuitBreakerIsMeasured() {
		Policy policy = Policy.builder("github")
			.environment(this.environment)
			.circuitBreaker((breaker) -> breaker.window(4).minCalls(2))
			.build();
		bind(policy);
		assertThat(gauge("async.policy.circuit-breaker.failure-rate")).isNaN();
		assertThat(gauge("async.policy.circuit-breaker.state", "state", "closed")).isEqualTo(1);

		fail(policy);
		fail(policy);
		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> policy.call(() -> 1));

		assertThat(gauge("async.policy.circuit-breaker.failure-rate")).isEqualTo(100);
		assertThat(gauge("async.policy.circuit-breaker.slow-call-rate")).isZero();
		assertThat(gauge("async.policy.circuit-breaker.state", "state", "closed")).isZero();
		assertThat(gauge("async.policy.circuit-breaker.state", "state", "open")).isEqualTo(1);
		assertThat(this.registry.get("async.policy.circuit-breaker.state").gauges()).hasSize(6);
		assertThat(count("async.policy.rejected", "by", "circuit-breaker")).isEqualTo(1);
	}

	@Test
	void hedgesAreCounted() {
		Policy policy = Policy.builder("github").environment(this.environment).hedge(Duration.ofSeconds(1), 1).build();
		bind(policy);

		CompletableFuture<Object> future = policy.stage(CompletableFuture::new);
		this.timer.advance(Duration.ofSeconds(1));

		assertThat(count("async.policy.hedges")).isEqualTo(1);
		future.cancel(true);
	}

	@Test
	void rejectionsAndFallbacksAreCounted() throws Exception {
		BoundedExecutor io = BoundedExecutor.builder("io").maxConcurrency(1).queueCapacity(0).build();
		io.shutdown();
		this.limiter.setRate(1, Duration.ofHours(1), 1);
		Policy policy = Policy.builder("github")
			.environment(PolicyEnvironment.builder()
				.timer(this.timer)
				.rateLimiters(RateLimiters.of(this.limiter))
				.executors(BoundedExecutors.of(io))
				.build())
			.rateLimiter("shared")
			.executor("io")
			.fallback((failure) -> "fallback")
			.build();
		bind(policy);

		assertThat(policy.<String>call(() -> "value")).isEqualTo("fallback");
		assertThat(policy.<String>call(() -> "value")).isEqualTo("fallback");

		assertThat(count("async.policy.rejected", "by", "executor")).isEqualTo(1);
		assertThat(count("async.policy.rejected", "by", "rate-limiter")).isEqualTo(1);
		assertThat(count("async.policy.fallbacks", "outcome", "used")).isEqualTo(2);
		assertThat(count("async.policy.fallbacks", "outcome", "failed")).isZero();
	}

	@Test
	void aPolicyHasTheMetersOfItsStrategiesOnly() {
		bind(Policy.builder("github").build());

		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsOnly("async.policy.calls", "async.policy.timeouts", "async.policy.fallbacks");
	}

	@Test
	void everyMeterHasADescription() {
		bind(Policy.builder("github")
			.environment(this.environment)
			.retry((retry) -> retry.budget(0.1))
			.hedge(Duration.ofSeconds(1), 1)
			.circuitBreaker((breaker) -> breaker.window(4))
			.rateLimiter("shared")
			.bulkhead(1, Duration.ZERO)
			.build());
		new RateLimiterMetrics(RateLimiters.of(this.limiter)).bindTo(this.registry);

		assertThat(this.registry.getMeters()).hasSizeGreaterThan(20).extracting(Meter::getId).allSatisfy((id) -> {
			assertThat(id.getDescription()).as(id.getName()).isNotBlank();
			assertThat(id.getTag("name")).as(id.getName()).isNotBlank();
		});
	}

	@Test
	void rateLimiterIsMeasured() {
		new RateLimiterMetrics(RateLimiters.of(this.limiter)).bindTo(this.registry);

		this.limiter.tryAcquire();
		this.limiter.tryAcquire("key");

		assertThat(this.registry.get("async.rate-limiter.tokens").tag("name", "shared").gauge().value()).isEqualTo(2);
		assertThat(this.registry.get("async.rate-limiter.burst").gauge().value()).isEqualTo(3);
		assertThat(this.registry.get("async.rate-limiter.rate").gauge().value()).isEqualTo(4);
		assertThat(this.registry.get("async.rate-limiter.waiting").gauge().value()).isZero();
		assertThat(this.registry.get("async.rate-limiter.keys").gauge().value()).isEqualTo(1);
	}

}
