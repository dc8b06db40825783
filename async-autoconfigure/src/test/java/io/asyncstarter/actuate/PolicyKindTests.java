package io.asyncstarter.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Jitter;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class PolicyKindTests {

	private final Policy github = Policy.builder("github")
		.environment(PolicyEnvironment.builder()
			.rateLimiters(RateLimiters.of(RateLimiter.builder("shared").build()))
			.build())
		.deadline(Duration.ofSeconds(5))
		.timeout(Duration.ofSeconds(1))
		.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO).budget(0.5).on(IOException.class))
		.hedge(Duration.ofMillis(900), 1)
		.circuitBreaker((breaker) -> breaker.window(4).minCalls(2))
		.rateLimiter("shared")
		.bulkhead(3, Duration.ofMillis(50))
		.build();

	private final Policy plain = Policy.builder("plain").build();

	private final PolicyKind kind = new PolicyKind(Policies.of(this.plain, this.github));

	private PolicyDescriptor github() {
		return this.kind.find("github").orElseThrow();
	}

	@Test
	void allAreShownByName() {
		assertThat(this.kind.all().keySet()).containsExactly("github", "plain");
		assertThat(this.kind.find("other")).isEmpty();
	}

	@Test
	void settingsInEffectAreShownDefaultsIncluded() {
		PolicyDescriptor descriptor = github();

		assertThat(descriptor.deadline()).isEqualTo(Duration.ofSeconds(5));
		assertThat(descriptor.timeout()).isEqualTo(Duration.ofSeconds(1));
		assertThat(descriptor.retry()).isEqualTo(new PolicyDescriptor.Retry(2, Duration.ZERO, 2.0,
				Duration.ofSeconds(30), Jitter.FULL, 0.5, 10.0, List.of("java.io.IOException"), List.of(), true));
		assertThat(descriptor.hedge()).isEqualTo(new PolicyDescriptor.Hedge(Duration.ofMillis(900), 1));
		assertThat(descriptor.rateLimiter()).isEqualTo("shared");
		assertThat(descriptor.bulkhead()).isEqualTo(new PolicyDescriptor.Bulkhead(3, Duration.ofMillis(50), 0, 0, 0));
		PolicyDescriptor.Breaker breaker = Objects.requireNonNull(descriptor.circuitBreaker());
		assertThat(breaker.failureRate()).isNull();
		assertThat(breaker.settings()).isEqualTo(new PolicyDescriptor.BreakerSettings(50, 4, 2, Duration.ofSeconds(30),
				10, Duration.ofSeconds(60), 100));
	}

	@Test
	void whatAPolicyDoesNotHaveIsAbsent() {
		PolicyDescriptor descriptor = this.kind.find("plain").orElseThrow();

		assertThat(descriptor)
			.extracting(PolicyDescriptor::deadline, PolicyDescriptor::timeout, PolicyDescriptor::retry,
					PolicyDescriptor::hedge, PolicyDescriptor::circuitBreaker, PolicyDescriptor::rateLimiter,
					PolicyDescriptor::bulkhead, PolicyDescriptor::executor)
			.containsOnlyNulls();
	}

	@Test
	void stateAndCountsAreShown() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.github.call(() -> {
			throw new IOException("expected");
		}));

		PolicyDescriptor descriptor = github();
		assertThat(descriptor.counts()).containsEntry(PolicyEventKind.FAILED, 1L)
			.containsEntry(PolicyEventKind.RETRIED, 1L)
			.containsEntry(PolicyEventKind.SUCCEEDED, 0L);
		assertThat(Objects.requireNonNull(descriptor.waits().get(PolicyEventKind.RETRIED)).count()).isEqualTo(1);
		PolicyDescriptor.Breaker breaker = Objects.requireNonNull(descriptor.circuitBreaker());
		assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
		assertThat(breaker.failureRate()).isEqualTo(100f);
		assertThat(Objects.requireNonNull(descriptor.retry()).budgetLeft()).isLessThan(10.0);
	}

	@Test
	void limitsAreChangedAndLogged(CapturedOutput output) {
		PolicyDescriptor descriptor = this.kind.change("github",
				Map.of("deadline", "20s", "timeout", "PT10S", "bulkheadMaxConcurrency", "7", "bulkheadMaxWait", "0s"));

		assertThat(descriptor).isEqualTo(github());
		assertThat(this.github.getDeadline()).contains(Duration.ofSeconds(20));
		assertThat(this.github.getTimeout()).contains(Duration.ofSeconds(10));
		assertThat(this.github.getBulkhead().orElseThrow().getMaxConcurrency()).isEqualTo(7);
		assertThat(this.github.getBulkhead().orElseThrow().getMaxWait()).isZero();
		assertThat(output).contains("Policy 'github': deadline changed from 5000ms to 20000ms through the actuator",
				"Policy 'github': timeout changed from 1000ms to 10000ms",
				"Policy 'github': bulkhead-max-concurrency changed from 3 to 7",
				"Policy 'github': bulkhead-max-wait changed from 50ms to 0ms");
	}

	@Test
	void limitsAreLiftedByNull(CapturedOutput output) {
		this.kind.change("github", Collections.singletonMap("timeout", null));
		this.kind.change("github", Map.of("deadline", ""));

		assertThat(this.github.getTimeout()).isEmpty();
		assertThat(this.github.getDeadline()).isEmpty();
		assertThat(output).contains("timeout changed from 1000ms to none");
	}

	@ParameterizedTest
	@CsvSource({ "force-open, FORCED_OPEN", "disable, DISABLED", "metrics-only, METRICS_ONLY", "close, CLOSED",
			"reset, CLOSED" })
	void circuitBreakerIsCommandedFromEveryState(String command, CircuitBreaker.State state, CapturedOutput output) {
		CircuitBreaker breaker = this.github.getCircuitBreaker().orElseThrow();
		for (Runnable before : List.<Runnable>of(breaker::reset, breaker::transitionToOpenState,
				breaker::transitionToHalfOpenState, breaker::transitionToForcedOpenState,
				breaker::transitionToDisabledState, breaker::transitionToMetricsOnlyState)) {
			breaker.reset();
			breaker.transitionToOpenState();
			before.run();

			this.kind.change("github", Map.of("circuitBreaker", command));

			assertThat(breaker.getState()).isEqualTo(state);
		}
		assertThat(output).contains("Policy 'github': circuit-breaker changed from half-open to " + command);
	}

	@Test
	void whenOneValueIsWrongThenNothingIsChanged() {
		assertRefused(Map.of("deadline", "20s", "circuitBreaker", "explode"),
				"'circuitBreaker' must be one of force-open, close, reset, disable, metrics-only but was explode");
		assertRefused(Map.of("deadline", "20s", "bulkheadMaxConcurrency", "0"),
				"'bulkheadMaxConcurrency' must be at least 1 but was 0");
		assertRefused(Map.of("deadline", "soon"), "'deadline' must be a duration such as 250ms or 5s but was 'soon'");
		assertRefused(Map.of("deadline", "20s", "timeout", "0s"), "'timeout' must be more than zero but was 0s");
		assertRefused(Map.of("deadline", "20s", "bulkheadMaxWait", "-1s"),
				"'bulkheadMaxWait' must be zero or more but was -1s");
		assertThat(this.github.getDeadline()).contains(Duration.ofSeconds(5));
	}

	@Test
	void whenTimeoutWouldBeLongerThanDeadlineThenThatIsRefused() {
		assertRefused(Map.of("timeout", "6s"), "'timeout' must not be more than 'deadline'");
		assertRefused(Map.of("deadline", "900ms"), "'timeout' must not be more than 'deadline'");
	}

	@Test
	void whatAPolicyDoesNotHaveCannotBeChanged() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.kind.change("plain", Map.of("circuitBreaker", "reset")))
			.withMessage("'circuitBreaker' cannot be changed; what can be is 'deadline', 'timeout'");
	}

	private void assertRefused(Map<String, @Nullable Object> values, String message) {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.kind.change("github", values))
			.withMessage(message);
	}

	@Test
	void executorIsShown() {
		try (BoundedExecutor io = BoundedExecutor.builder("io").maxConcurrency(1).build()) {
			Policy moved = Policy.builder("moved")
				.environment(PolicyEnvironment.builder().executors(BoundedExecutors.of(io)).build())
				.executor("io")
				.build();

			assertThat(PolicyDescriptor.of(moved).executor()).isEqualTo("io");
		}
	}

}
