package io.asyncstarter.policy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.asyncstarter.deadline.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for retries.
 */
@Timeout(60)
class RetryTests {

	private final PolicyFixture fixture = new PolicyFixture();

	private RetryStrategy strategy(RetrySettings settings) {
		return new RetryStrategy("test", settings, this.fixture.environment.random(new Random(1)).build(),
				new PolicyEvents("test", List.of()));
	}

	@ParameterizedTest
	@EnumSource
	void waitsGrowUpToTheLongest(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(4)
				.backoff(Duration.ofMillis(100))
				.multiplier(2)
				.maxBackoff(Duration.ofMillis(150))
				.jitter(Jitter.NONE))
			.build();

		CallInFlight call = shape.start(policy, this.fixture.ending(WorkFailures.failed("1"), WorkFailures.failed("2"),
				WorkFailures.failed("3"), PolicyFixture.ok("4")));
		for (long wait : new long[] { 100, 150, 150 }) {
			this.fixture.awaitArmed(1);
			int before = this.fixture.attempts.size();
			this.fixture.advance(wait - 1);
			assertThat(this.fixture.attempts).hasSize(before);
			this.fixture.advance(1);
			this.fixture.awaitStarted(before + 1);
		}

		assertThat(call.value()).isEqualTo("4");
		assertThat(policy.getStats().waited(PolicyEventKind.RETRIED).total()).isEqualTo(Duration.ofMillis(400));
	}

	@ParameterizedTest
	@EnumSource
	void failsWithTheLastFailureAndTheOthersSuppressed(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO)).build();

		CallInFlight call = shape.start(policy,
				this.fixture.ending(WorkFailures.failed("1"), WorkFailures.failed("2"), WorkFailures.failed("3")));

		assertThat(call.failure()).hasMessage("3")
			.satisfies((failure) -> assertThat(failure.getSuppressed()).extracting(Throwable::getMessage)
				.containsExactly("1", "2"));
		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isEqualTo(2);
		assertThat(policy.getCount(PolicyEventKind.GAVE_UP)).isOne();
	}

	@Test
	void sameFailureAgainAndAgainIsNotSuppressedInItself() {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO)).build();
		IOException constant = new IOException("constant");

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(() -> {
			throw constant;
		})).isSameAs(constant).satisfies((failure) -> assertThat(failure.getSuppressed()).isEmpty());
	}

	@ParameterizedTest
	@EnumSource(names = "FLUX", mode = EnumSource.Mode.EXCLUDE)
	void unwantedResultIsRetriedAndReturnedInTheEnd(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO).onResult("busy"::equals))
			.build();

		assertThat(shape.start(policy, this.fixture.ending(PolicyFixture.ok("busy"), PolicyFixture.ok("done"))).value())
			.isEqualTo("done");
		assertThat(shape.start(policy, () -> PolicyFixture.ok("busy")).value()).isEqualTo("busy");
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(2);
	}

	@Test
	void exceptionsAreIncludedAndExcluded() {
		RetryStrategy strategy = strategy(
				RetrySettings.builder().on(IOException.class).except(FileNotFoundException.class).build());

		assertThat(strategy.isRetryable(new IOException())).isTrue();
		assertThat(strategy.isRetryable(new FileNotFoundException())).isFalse();
		assertThat(strategy.isRetryable(new IllegalStateException())).isFalse();
		assertThat(strategy.isRetryable(new InterruptedException())).isFalse();
	}

	@Test
	void errorsAndOpenBreakersAreRetriedOnlyIfNamed() {
		CircuitBreakerOpenException open = new CircuitBreakerOpenException("test",
				io.github.resilience4j.circuitbreaker.CircuitBreaker.ofDefaults("test"));

		assertThat(strategy(RetrySettings.builder().build()).isRetryable(open)).isFalse();
		assertThat(strategy(RetrySettings.builder().build()).isRetryable(new StackOverflowError())).isFalse();
		assertThat(strategy(RetrySettings.builder().on(RuntimeException.class).build()).isRetryable(open)).isFalse();
		assertThat(strategy(RetrySettings.builder().on(PolicyRejectedException.class).build()).isRetryable(open))
			.isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void toldDelayTakesTheBackoffsPlace(CallShape shape) throws Exception {
		this.fixture.environment
			.retryAfterExtractor((failure) -> ("429".equals(failure.getMessage())) ? Duration.ofSeconds(3) : null);
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ofMillis(1)).jitter(Jitter.NONE))
			.build();

		CallInFlight call = shape.start(policy,
				this.fixture.ending(WorkFailures.failed("429"), PolicyFixture.ok("fine")));
		this.fixture.awaitArmed(1);
		this.fixture.advance(2999);
		assertThat(this.fixture.attempts).hasSize(1);
		this.fixture.advance(1);

		assertThat(call.value()).isEqualTo("fine");
	}

	@Test
	void toldDelayIsCappedAndCanBeIgnored() {
		this.fixture.environment.retryAfterExtractor((failure) -> Duration.ofDays(1));
		RetrySettings.Builder settings = RetrySettings.builder()
			.jitter(Jitter.NONE)
			.maxRetryAfter(Duration.ofSeconds(5));

		assertThat(strategy(settings.build()).next(1, new IOException(), Deadline.none()))
			.isEqualTo(Duration.ofSeconds(5).toNanos());
		assertThat(strategy(settings.respectRetryAfter(false).build()).next(1, new IOException(), Deadline.none()))
			.isEqualTo(Duration.ofMillis(100).toNanos());
	}

	@Test
	void toldDelayPastTheDeadlineGivesUpAtOnce() throws Exception {
		this.fixture.environment.retryAfterExtractor((failure) -> Duration.ofSeconds(3));
		Policy policy = this.fixture.policy()
			.deadline(Duration.ofSeconds(2))
			.retry((retry) -> retry.maxAttempts(2))
			.build();

		CallInFlight call = CallShape.MONO.start(policy, this.fixture.ending(WorkFailures.failed("429")));

		assertThat(call.failure()).hasMessage("429");
		this.fixture.awaitArmed(0);
	}

	@Test
	void jitterStaysWithinItsBounds() {
		Random random = new Random(3);
		List<Long> full = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			full.add(Jitter.FULL.apply(100, random));
			assertThat(Jitter.EQUAL.apply(100, random)).isBetween(50L, 100L);
			assertThat(Jitter.NONE.apply(100, random)).isEqualTo(100);
		}

		assertThat(full).allMatch((nanos) -> nanos >= 0 && nanos <= 100).contains(0L, 100L);
		assertThat(Jitter.FULL.apply(0, random)).isZero();
		assertThat(Jitter.EQUAL.apply(0, random)).isZero();
	}

	@Test
	void backoffDoesNotOverflow() {
		RetryStrategy strategy = strategy(
				RetrySettings.builder().maxAttempts(5000).multiplier(10).jitter(Jitter.NONE).build());

		assertThat(strategy.next(4000, new IOException(), Deadline.none())).isEqualTo(Duration.ofSeconds(30).toNanos());
	}

	@Test
	void resilience4jSeesTheFigures() throws Exception {
		RetryRegistry registry = RetryRegistry.ofDefaults();
		this.fixture.environment.retries(registry);
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		Retry retry = registry.retry("test");
		List<String> events = new ArrayList<>();
		retry.getEventPublisher().onEvent((event) -> events.add(event.getEventType().name()));

		policy.call(() -> "first");
		CallShape.STAGE.start(policy, this.fixture.ending(WorkFailures.failed("1"), PolicyFixture.ok("2"))).value();
		CallShape.STAGE.start(policy, () -> WorkFailures.failed("always")).failure();

		assertThat(policy.getRetry()).containsSame(retry);
		assertThat(retry.getMetrics().getNumberOfSuccessfulCallsWithoutRetryAttempt()).isOne();
		assertThat(retry.getMetrics().getNumberOfSuccessfulCallsWithRetryAttempt()).isOne();
		assertThat(retry.getMetrics().getNumberOfFailedCallsWithRetryAttempt()).isOne();
		assertThat(retry.getMetrics().getNumberOfFailedCallsWithoutRetryAttempt()).isZero();
		assertThat(events).containsExactly("RETRY", "SUCCESS", "RETRY", "ERROR");
	}

	@Test
	void budgetForgetsOldCallsAndKeepsItsMinimum() {
		long[] calls = { 0 };
		RetryBudget budget = new RetryBudget(0.2, 0.5, () -> calls[0], this.fixture.timer);
		assertThat(withdrawAll(budget)).as("the minimum").isEqualTo(5);
		this.fixture.advance(100);
		calls[0] += 50;
		assertThat(withdrawAll(budget)).as("a fifth of the calls").isEqualTo(10);
		this.fixture.advance(20_000);

		assertThat(withdrawAll(budget)).as("the minimum again").isEqualTo(5);
		this.fixture.timer.advance(Duration.ofHours(1));
		calls[0] += 3600;
		assertThat(withdrawAll(budget)).as("calls of the window only").isBetween(5, 7);
	}

	private static int withdrawAll(RetryBudget budget) {
		int granted = 0;
		while (budget.tryWithdraw()) {
			granted++;
		}
		return granted;
	}

	@Test
	void settingsAreCheckedAndInherited() {
		assertThatIllegalArgumentException().isThrownBy(() -> RetrySettings.builder().maxAttempts(0).build())
			.withMessage("'maxAttempts' must be at least 1 but was 0");
		assertThatIllegalArgumentException().isThrownBy(() -> RetrySettings.builder().budget(1.5).build());
		RetrySettings parent = RetrySettings.builder().maxAttempts(7).jitter(Jitter.EQUAL).build();
		RetrySettings child = RetrySettings.builder().maxAttempts(2).build().withParent(parent);

		assertThat(child.maxAttempts()).isEqualTo(2);
		assertThat(child.jitter()).isEqualTo(Jitter.EQUAL);
		assertThat(child.backoff()).isNull();
	}

	@Test
	void interruptedThreadIsNotRetried() {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO)).build();
		CompletableFuture<Integer> attempts = new CompletableFuture<>();

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> policy.call(() -> {
			Thread.currentThread().interrupt();
			attempts.complete(1);
			throw new IllegalStateException("after an interrupt");
		}));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isZero();
	}

}
