package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for every ordered pair of strategies: who sees whose failure, what the breaker
 * counts, when the permit goes back. Named {@code outerAroundInner}.
 */
@Timeout(60)
class CompositionTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final PolicyFixture fixture = new PolicyFixture();

	private static Recovery<String> naming() {
		return (failure) -> failure.getClass().getSimpleName();
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundDeadline(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().deadline(SECOND).build();

		CallInFlight call = shape.start(policy, null, this.fixture.pending(), naming());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);

		assertThat(call.value()).isEqualTo("DeadlineExceededException");
		assertThat(this.fixture.events).containsExactly(PolicyEventKind.DEADLINE_EXCEEDED,
				PolicyEventKind.FALLBACK_USED);
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundRetryIsAskedOnce(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();

		CallInFlight call = shape.start(policy, null,
				this.fixture.ending(WorkFailures.failed("a"), WorkFailures.failed("b")), naming());

		assertThat(call.value()).isEqualTo("IOException");
		assertThat(this.fixture.attempts).hasSize(2);
		assertThat(policy.getCount(PolicyEventKind.FALLBACK_USED)).isOne();
		assertThat(policy.getCount(PolicyEventKind.FAILED)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundHedge(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(SECOND, 1).build();

		CallInFlight call = shape.start(policy, null, this.fixture.pending(), naming());
		this.fixture.awaitStarted(1);
		this.fixture.awaitArmed(1);
		this.fixture.advance(1000);
		this.fixture.awaitAttempt(2).completeExceptionally(new IOException("second"));
		this.fixture.awaitAttempt(1).completeExceptionally(new IllegalStateException("first"));

		assertThat(call.value()).isIn("IllegalStateException", "IOException");
		assertThat(policy.getCount(PolicyEventKind.FALLBACK_USED)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundCircuitBreaker(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().circuitBreaker((breaker) -> breaker.window(1)).build();
		policy.getCircuitBreaker().orElseThrow().transitionToOpenState();

		CallInFlight call = shape.start(policy, null, this.fixture.pending(), naming());

		assertThat(call.value()).isEqualTo("CircuitBreakerOpenException");
		assertThat(this.fixture.attempts).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundRateLimiter(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().rateLimiter("limiter").build();
		assertThat(this.fixture.limiter.tryAcquire()).isTrue();

		CallInFlight call = shape.start(policy, null, this.fixture.pending(), naming());

		assertThat(call.value()).isEqualTo("RateLimitExceededException");
		assertThat(this.fixture.attempts).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundBulkheadHoldsNoPermit(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ZERO).build();
		CallInFlight first = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);

		CallInFlight second = shape.start(policy, null, this.fixture.pending(), naming());

		assertThat(second.value()).isEqualTo("BulkheadFullException");
		this.fixture.awaitAttempt(1).completeExceptionally(new IOException());
		assertThat(first.failure()).isInstanceOf(IOException.class);
		CallInFlight third = shape.start(policy, null, this.fixture.ending(WorkFailures.failed("x")),
				(failure) -> policy.getBulkhead().orElseThrow().getInFlightCount() + " in flight");
		assertThat(third.value()).isEqualTo("0 in flight");
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAroundTimeout(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().timeout(SECOND).build();

		CallInFlight call = shape.start(policy, null, this.fixture.pending(), naming());
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);
		this.fixture.advance(1000);

		assertThat(call.value()).isEqualTo("AttemptTimeoutException");
		assertThat(attempt).isCancelled();
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundRetryNeverWaitsPastTheDeadline(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.deadline(SECOND)
			.retry((retry) -> retry.maxAttempts(5).backoff(Duration.ofMillis(600)).jitter(Jitter.NONE))
			.build();

		CallInFlight call = shape.start(policy,
				this.fixture.ending(WorkFailures.failed("first"), WorkFailures.failed("second")));
		this.fixture.awaitArmed(2);
		this.fixture.advance(600);

		assertThat(call.failure()).isInstanceOf(IOException.class)
			.hasMessage("second")
			.satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.extracting(Throwable::getMessage)
				.isEqualTo("first"));
		assertThat(policy.getCount(PolicyEventKind.GAVE_UP)).isOne();
		assertThat(policy.getCount(PolicyEventKind.FAILED)).isOne();
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundRetryIsNotRetried(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.deadline(SECOND)
			.retry((retry) -> retry.maxAttempts(5).backoff(Duration.ZERO))
			.build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(DeadlineExceededException.class).hasMessageContaining("'test'");
		assertThat(this.fixture.attempts).hasSize(1);
		assertThat(attempt).isCancelled();
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundHedgeCancelsAllAttempts(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().deadline(SECOND).hedge(Duration.ofMillis(500), 1).build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(500);
		this.fixture.awaitStarted(2);
		this.fixture.advance(500);

		assertThat(call.failure()).isInstanceOf(DeadlineExceededException.class);
		assertThat(this.fixture.attempts).hasSize(2).allMatch(CompletableFuture::isCancelled);
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundCircuitBreakerDoesNotCount(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.deadline(SECOND)
			.circuitBreaker((breaker) -> breaker.window(2).minCalls(1).halfOpenCalls(1))
			.build();
		CircuitBreaker breaker = policy.getCircuitBreaker().orElseThrow();
		breaker.transitionToOpenState();
		breaker.transitionToHalfOpenState();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(DeadlineExceededException.class);
		assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
		// The permission is there again, or the breaker would be stuck half open.
		assertThat(shape.start(policy, () -> PolicyFixture.ok("through")).value()).isEqualTo("through");
		assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundRateLimiterBoundsTheWait(CallShape shape) throws Exception {
		this.fixture.limiter.setMaxWait(Duration.ofSeconds(10));
		Policy policy = this.fixture.policy().deadline(Duration.ofMillis(500)).rateLimiter("limiter").build();
		assertThat(this.fixture.limiter.tryAcquire()).isTrue();

		CallInFlight call = shape.start(policy, this.fixture.pending());

		assertThat(call.failure()).isInstanceOfSatisfying(RateLimitExceededException.class,
				(failure) -> assertThat(failure.getRetryAfter()).isEqualTo(SECOND));
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundBulkheadEndsTheWait(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().deadline(SECOND).bulkhead(1, Duration.ofSeconds(10)).build();
		assertThat(policy.getBulkhead().orElseThrow().tryAcquirePermission()).isTrue();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		PolicyFixture.await(() -> policy.getBulkhead().orElseThrow().getWaitingCount() == 1);
		this.fixture.awaitArmed(2);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(DeadlineExceededException.class);
		assertThat(policy.getCount(PolicyEventKind.DEADLINE_EXCEEDED)).isOne();
		policy.getBulkhead().orElseThrow().releasePermission();
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineAroundTimeoutWhicheverComesFirst(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().deadline(SECOND).timeout(Duration.ofMillis(500)).build();

		CallInFlight slow = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(500);
		assertThat(slow.failure()).isInstanceOf(AttemptTimeoutException.class);
		policy.setTimeout(Duration.ofSeconds(2));
		CallInFlight slower = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(2);
		this.fixture.advance(1000);

		assertThat(slower.failure()).isInstanceOf(DeadlineExceededException.class);
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void retryAroundHedgeSeesOneFailureOfBothAttempts(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO))
			.hedge(SECOND, 1)
			.build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);
		this.fixture.awaitAttempt(2).completeExceptionally(new IOException("second"));
		this.fixture.awaitAttempt(1).completeExceptionally(new IOException("first"));
		this.fixture.awaitAttempt(3).complete("third");

		assertThat(call.value()).isEqualTo("third");
		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isOne();
		assertThat(policy.getCount(PolicyEventKind.HEDGED)).isOne();
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void retryAroundCircuitBreakerWhichCountsEachAttempt(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(5).backoff(Duration.ZERO))
			.circuitBreaker((breaker) -> breaker.window(10).minCalls(2))
			.build();

		CallInFlight call = shape.start(policy,
				this.fixture.ending(WorkFailures.failed("a"), WorkFailures.failed("b")));

		// The third attempt met an open breaker, which is not retried.
		assertThat(call.failure()).isInstanceOf(CircuitBreakerOpenException.class)
			.satisfies((failure) -> assertThat(failure.getSuppressed()).hasSize(2));
		assertThat(policy.getCircuitBreaker().orElseThrow().getMetrics().getNumberOfFailedCalls()).isEqualTo(2);
		assertThat(policy.getCount(PolicyEventKind.REJECTED_BY_CIRCUIT_BREAKER)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void retryAroundRateLimiterPaysATokenAnAttempt(CallShape shape) throws Exception {
		this.fixture.limiter.setRate(1, SECOND, 2);
		this.fixture.advance(2000);
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ofMillis(400)).jitter(Jitter.NONE).multiplier(1))
			.rateLimiter("limiter")
			.build();

		CallInFlight call = shape.start(policy,
				this.fixture.ending(WorkFailures.failed("a"), WorkFailures.failed("b"), PolicyFixture.ok("never")));
		this.fixture.awaitArmed(1);
		this.fixture.advance(400);
		this.fixture.awaitStarted(2);
		this.fixture.awaitArmed(1);
		this.fixture.advance(400);

		assertThat(call.failure()).isInstanceOf(RateLimitExceededException.class);
		assertThat(this.fixture.attempts).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void retryAroundBulkheadHoldsNoPermitDuringTheBackoff(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(SECOND).jitter(Jitter.NONE))
			.bulkhead(1, Duration.ZERO)
			.build();

		CallInFlight call = shape.start(policy, this.fixture.ending(WorkFailures.failed("a"), PolicyFixture.ok("b")));
		this.fixture.awaitArmed(1);
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
		this.fixture.advance(1000);

		assertThat(call.value()).isEqualTo("b");
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void retryAroundTimeoutGivesEachAttemptItsOwn(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO))
			.timeout(SECOND)
			.build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);
		CompletableFuture<String> second = this.fixture.awaitAttempt(2);
		this.fixture.advance(999);
		second.complete("in time");

		assertThat(call.value()).isEqualTo("in time");
		assertThat(this.fixture.attempts.getFirst()).isCancelled();
		assertThat(policy.getCount(PolicyEventKind.TIMED_OUT)).isOne();
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void hedgeAroundCircuitBreakerWhichDoesNotCountTheLoser(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(SECOND, 1).circuitBreaker((breaker) -> breaker.window(10)).build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);
		this.fixture.awaitAttempt(2).complete("second");

		assertThat(call.value()).isEqualTo("second");
		assertThat(this.fixture.attempts.getFirst()).isCancelled();
		CircuitBreaker.Metrics metrics = policy.getCircuitBreaker().orElseThrow().getMetrics();
		assertThat(metrics.getNumberOfSuccessfulCalls()).isOne();
		assertThat(metrics.getNumberOfFailedCalls()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void hedgeAroundRateLimiterPaysATokenAnAttempt(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(Duration.ofMillis(500), 1).rateLimiter("limiter").build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(500);
		PolicyFixture.await(() -> policy.getCount(PolicyEventKind.REJECTED_BY_RATE_LIMITER) == 1);
		this.fixture.awaitAttempt(1).complete("first");

		assertThat(call.value()).isEqualTo("first");
		assertThat(this.fixture.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void hedgeAroundBulkheadTakesAPermitAnAttempt(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(SECOND, 1).bulkhead(2, Duration.ZERO).build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);
		CompletableFuture<String> second = this.fixture.awaitAttempt(2);
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isEqualTo(2);
		second.complete("second");

		assertThat(call.value()).isEqualTo("second");
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void hedgeAroundTimeoutSurvivesOneTimeout(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(Duration.ofMillis(500), 1).timeout(SECOND).build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(500);
		CompletableFuture<String> second = this.fixture.awaitAttempt(2);
		this.fixture.advance(500);
		PolicyFixture.await(() -> policy.getCount(PolicyEventKind.TIMED_OUT) == 1);
		second.complete("second");

		assertThat(call.value()).isEqualTo("second");
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void circuitBreakerAroundRateLimiterWhoseRejectionIsNotCounted(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(1).halfOpenCalls(1))
			.rateLimiter("limiter")
			.build();
		CircuitBreaker breaker = policy.getCircuitBreaker().orElseThrow();
		breaker.transitionToOpenState();
		assertThat(shape.start(policy, this.fixture.pending()).failure())
			.isInstanceOf(CircuitBreakerOpenException.class);
		assertThat(this.fixture.limiter.getAvailableTokens()).as("an open breaker spends no token").isOne();
		breaker.transitionToHalfOpenState();
		assertThat(this.fixture.limiter.tryAcquire()).isTrue();

		assertThat(shape.start(policy, this.fixture.pending()).failure())
			.isInstanceOf(RateLimitExceededException.class);
		assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
		this.fixture.advance(1000);
		assertThat(shape.start(policy, () -> PolicyFixture.ok("through")).value()).isEqualTo("through");
		assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@ParameterizedTest
	@EnumSource
	void circuitBreakerAroundBulkheadWhoseRejectionIsNotCounted(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(1).halfOpenCalls(1))
			.bulkhead(1, Duration.ZERO)
			.build();
		CircuitBreaker breaker = policy.getCircuitBreaker().orElseThrow();
		breaker.transitionToOpenState();
		breaker.transitionToHalfOpenState();
		policy.getBulkhead().orElseThrow().acquirePermission();

		assertThat(shape.start(policy, this.fixture.pending()).failure()).isInstanceOf(BulkheadFullException.class);
		assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
		policy.getBulkhead().orElseThrow().releasePermission();
		assertThat(shape.start(policy, () -> PolicyFixture.ok("through")).value()).isEqualTo("through");
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void circuitBreakerAroundBulkheadDoesNotTimeTheWait(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(1).slowCall(Duration.ofMillis(500)))
			.bulkhead(1, Duration.ofSeconds(10))
			.build();
		policy.getBulkhead().orElseThrow().acquirePermission();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		PolicyFixture.await(() -> policy.getBulkhead().orElseThrow().getWaitingCount() == 1);
		this.fixture.awaitArmed(1);
		this.fixture.advance(5000);
		policy.getBulkhead().orElseThrow().releasePermission();
		this.fixture.awaitAttempt(1).complete("done");

		assertThat(call.value()).isEqualTo("done");
		assertThat(policy.getCircuitBreaker().orElseThrow().getMetrics().getNumberOfSlowCalls()).isZero();
		assertThat(policy.getStats().waited(PolicyEventKind.WAITED_FOR_BULKHEAD).total())
			.isEqualTo(Duration.ofSeconds(5));
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void circuitBreakerAroundTimeoutCountsAFailure(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(1).minCalls(1))
			.timeout(SECOND)
			.build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(AttemptTimeoutException.class);
		assertThat(policy.getCircuitBreaker().orElseThrow().getState()).isEqualTo(CircuitBreaker.State.OPEN);
	}

	@ParameterizedTest
	@EnumSource
	void rateLimiterAroundBulkheadIsPaidBefore(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().rateLimiter("limiter").bulkhead(1, Duration.ZERO).build();
		policy.getBulkhead().orElseThrow().acquirePermission();

		assertThat(shape.start(policy, this.fixture.pending()).failure()).isInstanceOf(BulkheadFullException.class);
		assertThat(this.fixture.limiter.getAvailableTokens()).isZero();
		policy.getBulkhead().orElseThrow().releasePermission();
		assertThat(shape.start(policy, this.fixture.pending()).failure())
			.isInstanceOf(RateLimitExceededException.class);
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void rateLimiterAroundBulkheadHoldsNoPermitWhileWaiting(CallShape shape) throws Exception {
		this.fixture.limiter.setMaxWait(Duration.ofSeconds(10));
		Policy policy = this.fixture.policy().rateLimiter("limiter").bulkhead(1, Duration.ZERO).build();
		assertThat(this.fixture.limiter.tryAcquire()).isTrue();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitArmed(2);
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
		this.fixture.advance(1000);
		this.fixture.awaitAttempt(1).complete("done");

		assertThat(call.value()).isEqualTo("done");
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void rateLimiterAroundTimeoutDoesNotTimeTheWait(CallShape shape) throws Exception {
		this.fixture.limiter.setMaxWait(Duration.ofSeconds(10));
		Policy policy = this.fixture.policy().rateLimiter("limiter").timeout(Duration.ofMillis(500)).build();
		assertThat(this.fixture.limiter.tryAcquire()).isTrue();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitArmed(2);
		this.fixture.advance(1000);
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);
		this.fixture.advance(499);
		attempt.complete("done");

		assertThat(call.value()).isEqualTo("done");
		assertNothingLeft(policy);
	}

	@ParameterizedTest
	@EnumSource
	void bulkheadAroundTimeoutGetsItsPermitBack(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ZERO).timeout(SECOND).build();

		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isOne();
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(AttemptTimeoutException.class);
		assertNothingLeft(policy);
	}

	private void assertNothingLeft(Policy policy) {
		this.fixture.awaitArmed(0);
		policy.getBulkhead().ifPresent((bulkhead) -> {
			assertThat(bulkhead.getInFlightCount()).isZero();
			assertThat(bulkhead.getWaitingCount()).isZero();
		});
		assertThat(this.fixture.limiter.getWaitingCount()).isZero();
		Set<PolicyEventKind> outcomes = Set.of(PolicyEventKind.SUCCEEDED, PolicyEventKind.FAILED,
				PolicyEventKind.DEADLINE_EXCEEDED, PolicyEventKind.CANCELLED);
		assertThat(this.fixture.events).anyMatch(outcomes::contains);
	}

}
