package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Hooks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a cancel, or an interrupt, does in each phase of a call.
 */
@Timeout(120)
class CancellationTests {

	private static final Duration LONG = Duration.ofSeconds(100);

	private final PolicyFixture fixture = new PolicyFixture();

	@BeforeEach
	void dropErrorsQuietly() {
		// What comes after a cancel is dropped by Mono.fromFuture, loudly.
		Hooks.onErrorDropped((failure) -> {
		});
	}

	@AfterEach
	void dropErrorsAgain() {
		Hooks.resetOnErrorDropped();
	}

	private Policy everything() {
		this.fixture.limiter.setMaxWait(LONG);
		return this.fixture.policy()
			.deadline(Duration.ofSeconds(1000))
			.retry((retry) -> retry.maxAttempts(3).backoff(LONG).maxBackoff(LONG))
			.circuitBreaker((breaker) -> breaker.window(1).minCalls(1).halfOpenCalls(1))
			.rateLimiter("limiter")
			.bulkhead(1, LONG)
			.timeout(LONG)
			.fallback((failure) -> "fallback")
			.build();
	}

	private static CircuitBreaker halfOpen(Policy policy) {
		CircuitBreaker breaker = policy.getCircuitBreaker().orElseThrow();
		breaker.transitionToOpenState();
		breaker.transitionToHalfOpenState();
		return breaker;
	}

	private void assertCancelled(Policy policy, CallInFlight call) {
		assertThat(call.result()).isCompletedExceptionally();
		PolicyFixture.await(() -> policy.getCount(PolicyEventKind.CANCELLED) == 1);
		this.fixture.awaitArmed(0);
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
		assertThat(policy.getBulkhead().orElseThrow().getWaitingCount()).isZero();
		assertThat(this.fixture.limiter.getWaitingCount()).isZero();
		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isZero();
		assertThat(policy.getCount(PolicyEventKind.FALLBACK_USED)).isZero();
	}

	private void assertPermissionIsBack(CircuitBreaker breaker) {
		assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
		assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
		assertThat(breaker.tryAcquirePermission()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whileWaitingForAToken(CallShape shape) {
		Policy policy = everything();
		CircuitBreaker breaker = halfOpen(policy);
		assertThat(this.fixture.limiter.tryAcquire()).isTrue();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		PolicyFixture.await(() -> this.fixture.limiter.getWaitingCount() == 1);

		call.cancel();

		assertCancelled(policy, call);
		assertPermissionIsBack(breaker);
		this.fixture.advance(1000);
		assertThat(this.fixture.limiter.getAvailableTokens()).isOne();
		assertThat(this.fixture.attempts).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whileWaitingForAPermit(CallShape shape) {
		Policy policy = everything();
		CircuitBreaker breaker = halfOpen(policy);
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();
		bulkhead.acquirePermission();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		PolicyFixture.await(() -> bulkhead.getWaitingCount() == 1);

		call.cancel();
		bulkhead.releasePermission();

		assertCancelled(policy, call);
		assertPermissionIsBack(breaker);
		assertThat(this.fixture.attempts).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whileTheWorkRuns(CallShape shape) {
		Policy policy = everything();
		CircuitBreaker breaker = halfOpen(policy);
		CallInFlight call = shape.start(policy, this.fixture.pending());
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);

		call.cancel();

		assertCancelled(policy, call);
		assertPermissionIsBack(breaker);
		assertThat(attempt).isCancelled();
	}

	@ParameterizedTest
	@EnumSource
	void duringTheBackoff(CallShape shape) {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(3).backoff(LONG).jitter(Jitter.NONE))
			.bulkhead(1, LONG)
			.build();
		CallInFlight call = shape.start(policy,
				this.fixture.ending(WorkFailures.failed("a"), PolicyFixture.ok("never")));
		this.fixture.awaitArmed(1);

		call.cancel();

		assertThat(call.result()).isCompletedExceptionally();
		this.fixture.awaitArmed(0);
		PolicyFixture.await(() -> policy.getCount(PolicyEventKind.CANCELLED) == 1);
		assertThat(this.fixture.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void whileHedgedAttemptsRun(CallShape shape) {
		Policy policy = this.fixture.policy().hedge(Duration.ofSeconds(1), 1).bulkhead(2, LONG).build();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);
		this.fixture.awaitStarted(2);

		call.cancel();

		PolicyFixture.await(() -> policy.getBulkhead().orElseThrow().getInFlightCount() == 0);
		assertThat(this.fixture.attempts).allMatch(CompletableFuture::isCancelled);
		this.fixture.awaitArmed(0);
	}

	@ParameterizedTest
	@EnumSource
	void ofTheWorkBySomebodyElseIsNeitherRetriedNorCounted(CallShape shape) throws Exception {
		Policy policy = everything();
		CircuitBreaker breaker = halfOpen(policy);
		CallInFlight call = shape.start(policy, this.fixture.pending());

		this.fixture.awaitAttempt(1).cancel(true);

		this.fixture.awaitArmed(0);
		assertThat(call.result().handle((value, failure) -> Cancellations.unwrap(failure)).get())
			.isInstanceOf(CancellationException.class);
		assertCancelled(policy, call);
		assertPermissionIsBack(breaker);
	}

	@Test
	void interruptIsVisibleToTheCaller() throws Exception {
		Policy policy = everything();
		CallInFlight call = CallShape.SYNC.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);

		call.cancel();

		assertThat(call.failure()).isInstanceOf(InterruptedException.class);
	}

	/*
	 * Completion, timeout and cancellation meet.
	 */
	@ParameterizedTest
	@EnumSource
	void racesLeaveNothingBehind(CallShape shape) {
		this.fixture.limiter.setRate(1_000_000, Duration.ofSeconds(1), 1_000_000);
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO))
			.circuitBreaker((breaker) -> breaker.window(10).minCalls(10).failureRate(100).halfOpenCalls(1))
			.bulkhead(1, LONG)
			.timeout(Duration.ofMillis(1))
			.build();
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();
		int rounds = (shape == CallShape.SYNC) ? 300 : 2000;
		for (int round = 0; round < rounds; round++) {
			policy.getCircuitBreaker().orElseThrow().reset();
			CompletableFuture<String> work = new CompletableFuture<>();
			CallInFlight call = shape.start(policy, () -> work);
			CallInFlight second = shape.start(policy, () -> PolicyFixture.ok("second"));
			int choice = ThreadLocalRandom.current().nextInt(3);
			Thread other = Thread.ofPlatform().start(() -> {
				switch (choice) {
					case 0 -> work.complete("done");
					case 1 -> work.completeExceptionally(new IOException());
					default -> this.fixture.advance(1);
				}
			});
			call.cancel();
			second.cancel();
			join(other);
			PolicyFixture.await(() -> bulkhead.getInFlightCount() == 0 && bulkhead.getWaitingCount() == 0);
			PolicyFixture.await(() -> this.fixture.timer.armed() == 0);
		}
		assertThat(Stream
			.of(PolicyEventKind.SUCCEEDED, PolicyEventKind.FAILED, PolicyEventKind.DEADLINE_EXCEEDED,
					PolicyEventKind.CANCELLED)
			.mapToLong(policy::getCount)
			.sum()).as("each call has one outcome").isEqualTo(2L * rounds);
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
