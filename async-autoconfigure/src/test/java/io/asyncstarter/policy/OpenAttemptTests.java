package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpenAttempt}.
 */
@Timeout(30)
class OpenAttemptTests {

	private final PolicyFixture fixture = new PolicyFixture();

	private final Policy policy = this.fixture.policy()
		.timeout(Duration.ofSeconds(1))
		.deadline(Duration.ofSeconds(3))
		.circuitBreaker((breaker) -> breaker.window(10))
		.bulkhead(1, Duration.ZERO)
		.build();

	@Test
	void permitIsHeldAndBreakerWaitsUntilTheEnd() throws Exception {
		OpenAttempt attempt = open();

		assertThat(inFlight()).isEqualTo(1);
		assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();

		attempt.succeeded();
		attempt.failed(new IOException());

		assertThat(inFlight()).isZero();
		assertThat(breaker().getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
		assertThat(breaker().getMetrics().getNumberOfFailedCalls()).isZero();
	}

	@Test
	void partThatFailsEndsTheAttempt() throws Exception {
		OpenAttempt attempt = open();

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> attempt.call(() -> {
			throw new IOException("reset");
		})).withMessage("reset");

		assertThat(inFlight()).isZero();
		assertThat(breaker().getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
	}

	@Test
	void partIsInterruptedAtTheTimeout() throws Exception {
		OpenAttempt attempt = open();
		this.fixture.advance(400);
		CountDownLatch never = new CountDownLatch(1);

		assertThatExceptionOfType(AttemptTimeoutException.class).isThrownBy(() -> attempt.call(() -> {
			this.fixture.advance(600);
			never.await();
			return "";
		}));

		assertThat(Thread.interrupted()).isFalse();
		assertThat(inFlight()).isZero();
		assertThat(breaker().getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
		assertThat(this.policy.getCount(PolicyEventKind.TIMED_OUT)).isEqualTo(1);
	}

	@Test
	void timeBetweenPartsCounts() throws Exception {
		OpenAttempt attempt = open();
		assertThat(attempt.<String>call(() -> "in time")).isEqualTo("in time");
		this.fixture.advance(1000);

		assertThatExceptionOfType(AttemptTimeoutException.class).isThrownBy(() -> attempt.call(() -> "late"));
	}

	@Test
	void pastTheDeadlineItIsTheDeadlineThatWasExceeded() throws Exception {
		OpenAttempt attempt = open();
		this.fixture.advance(3000);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> attempt.call(() -> "late"))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("test"))
			.satisfies((ex) -> assertThat(ex.getBudget()).isEqualTo(Duration.ofSeconds(3)));
	}

	@Test
	void interruptFromElsewhereIsNoFailureForTheBreaker() throws Exception {
		OpenAttempt attempt = open();

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> attempt.call(() -> {
			throw new InterruptedException();
		}));

		assertThat(inFlight()).isZero();
		assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
	}

	@Test
	void closingEndsTheAttempt() throws Exception {
		OpenAttempt attempt = open();

		attempt.close(() -> assertThat(inFlight()).isEqualTo(1));

		assertThat(inFlight()).isZero();
		assertThat(breaker().getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
	}

	@Test
	void closingTooLateStartsOutInterrupted() throws Exception {
		OpenAttempt attempt = open();
		this.fixture.advance(1000);

		attempt.close(() -> assertThat(Thread.currentThread().isInterrupted()).isTrue());

		assertThat(Thread.interrupted()).isFalse();
		assertThat(inFlight()).isZero();
	}

	private OpenAttempt open() throws Exception {
		Result result = this.policy.call(() -> new Result(Deadline.current()));
		assertThat(result.attempt).isNotNull();
		return result.attempt;
	}

	private int inFlight() {
		return this.policy.getBulkhead().orElseThrow().getInFlightCount();
	}

	private CircuitBreaker breaker() {
		return this.policy.getCircuitBreaker().orElseThrow();
	}

	/**
	 * A result that keeps its attempt.
	 */
	private static final class Result implements OpenResult {

		private final Deadline deadline;

		private @Nullable OpenAttempt attempt;

		Result(Deadline deadline) {
			this.deadline = deadline;
		}

		@Override
		public Deadline deadline() {
			return this.deadline;
		}

		@Override
		public void opened(OpenAttempt attempt) {
			this.attempt = attempt;
		}

	}

}
