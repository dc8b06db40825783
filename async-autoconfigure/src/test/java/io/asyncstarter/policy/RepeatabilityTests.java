package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for calls that have a say in whether they are repeated, and for failures that
 * have one in when.
 */
@Timeout(30)
class RepeatabilityTests {

	private final PolicyFixture fixture = new PolicyFixture();

	private final AtomicInteger attempts = new AtomicInteger();

	@Test
	void valueIsRetriedOnlyAfterFailuresThatMayBeRepeated() {
		Policy policy = retrying().repeating(unless("never again"));

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(this::failing))
			.withMessage("never again");

		assertThat(this.attempts).hasValue(3);
	}

	@Test
	void stageIsRetriedOnlyAfterFailuresThatMayBeRepeated() {
		Policy policy = retrying().repeating(unless("never again"));

		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> policy.stage(() -> {
			try {
				return CompletableFuture.completedFuture(failing());
			}
			catch (IOException ex) {
				return CompletableFuture.failedFuture(ex);
			}
		}).join()).havingCause().withMessage("never again");

		assertThat(this.attempts).hasValue(3);
	}

	@Test
	void streamIsRetriedOnlyAfterFailuresThatMayBeRepeated() {
		Policy policy = retrying().repeating(unless("never again"));

		StepVerifier.create(policy.flux(Flux.from(Mono.fromCallable(this::failing)))).verifyErrorMessage("never again");

		assertThat(this.attempts).hasValue(3);
	}

	@Test
	void settingsOfThePolicyStillHold() {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(5).backoff(Duration.ZERO).except(IOException.class))
			.build()
			.repeating(unless("nothing"));

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(this::failing));

		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void callThatMayNotBeMadeTwiceAtOnceIsNotHedged() {
		Policy policy = this.fixture.policy().hedge(Duration.ofMillis(10), 1).build();

		CompletableFuture<String> call = policy.repeating(unless("nothing")).stage(this.fixture.pending());
		this.fixture.advance(10);

		assertThat(this.fixture.attempts).hasSize(1);
		assertThat(this.fixture.timer.armed()).isZero();
		call.cancel(true);
	}

	@Test
	void withoutFallbackTheFailureIsThrown() throws Exception {
		Policy policy = this.fixture.policy().fallback((failure) -> "fallback").build();

		assertThat(policy.<String>call(this::failing)).isEqualTo("fallback");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.withoutFallback().call(this::failing));
	}

	@Test
	void figuresAreThoseOfThePolicy() {
		Policy policy = retrying();

		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> policy.repeating(unless("failure 1")).call(this::failing));

		assertThat(policy.getCount(PolicyEventKind.FAILED)).isEqualTo(1);
	}

	@Test
	void failureThatSaysWhenIsRetriedThen() {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2)).build();

		CompletableFuture<String> call = policy
			.stage(this.fixture.ending(CompletableFuture.failedFuture(new Told()), PolicyFixture.ok("second")));
		this.fixture.advance(2999);
		assertThat(call).isNotDone();
		this.fixture.advance(1);

		assertThat(call).isCompletedWithValue("second");
	}

	@Test
	void openBreakerSaysForHowLong() {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(1).minCalls(1).openFor(Duration.ofSeconds(30)))
			.build();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(this::failing));
		this.fixture.advance(10_000);

		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> policy.call(this::failing))
			.satisfies((ex) -> assertThat(ex.getRetryAfter()).contains(Duration.ofSeconds(20)));
	}

	@Test
	void breakerThatWasOpenedByHandDoesNotSayForHowLong() {
		Policy policy = this.fixture.policy().circuitBreaker((breaker) -> breaker.window(1)).build();
		policy.getCircuitBreaker().orElseThrow().transitionToForcedOpenState();

		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> policy.call(this::failing))
			.satisfies((ex) -> assertThat(ex.getRetryAfter()).isEmpty());
	}

	private Policy retrying() {
		return this.fixture.policy().retry((retry) -> retry.maxAttempts(5).backoff(Duration.ZERO)).build();
	}

	private String failing() throws IOException {
		int attempt = this.attempts.incrementAndGet();
		throw new IOException((attempt < 3) ? "failure " + attempt : "never again");
	}

	private static Repeatability unless(String message) {
		return new Repeatability() {

			@Override
			public boolean mayRetry(Throwable failure) {
				return !message.equals(failure.getMessage());
			}

			@Override
			public boolean mayHedge() {
				return false;
			}

		};
	}

	/**
	 * Says that three seconds are to be waited.
	 */
	private static final class Told extends IOException implements RetryAfter {

		@Override
		public Optional<Duration> getRetryAfter() {
			return Optional.of(Duration.ofSeconds(3));
		}

	}

}
