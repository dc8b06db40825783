package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.executor.NoSuchExecutorException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for work that leaves the caller's thread: moved to an executor, or hedged.
 */
@Timeout(60)
class MovedAndHedgedTests {

	private final PolicyFixture fixture = new PolicyFixture();

	private final BoundedExecutor executor = BoundedExecutor.builder("io").maxConcurrency(1).queueCapacity(0).build();

	MovedAndHedgedTests() {
		this.fixture.environment.executors(BoundedExecutors.of(this.executor));
	}

	@AfterEach
	void closeExecutor() {
		this.executor.close();
	}

	@ParameterizedTest
	@EnumSource
	void workRunsOnTheExecutor(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().executor("io").build();

		assertThat(shape.start(policy, () -> PolicyFixture.ok(Thread.currentThread().getName())).value())
			.startsWith("io-");
	}

	@Test
	void waiterLeavesInTimeEvenIfTheWorkIgnoresInterrupts() throws Exception {
		Policy policy = this.fixture.policy().executor("io").timeout(Duration.ofSeconds(1)).build();
		CountDownLatch release = new CountDownLatch(1);
		CallInFlight call = CallShape.SYNC.start(policy, () -> {
			this.fixture.attempts.add(new CompletableFuture<>());
			awaitIgnoringInterrupts(release);
			return PolicyFixture.ok("too late");
		});
		this.fixture.awaitStarted(1);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(AttemptTimeoutException.class);
		assertThat(this.executor.getRunningCount()).isOne();
		release.countDown();
	}

	private static void awaitIgnoringInterrupts(CountDownLatch latch) {
		boolean interrupted = false;
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@ParameterizedTest
	@EnumSource
	void timeoutCancelsTheWorkOnTheExecutor(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().executor("io").timeout(Duration.ofSeconds(1)).build();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);
		this.fixture.awaitArmed(1);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(AttemptTimeoutException.class);
		PolicyFixture.await(attempt::isCancelled);
		PolicyFixture.await(() -> this.executor.getRunningCount() == 0);
		this.fixture.awaitArmed(0);
	}

	@ParameterizedTest
	@EnumSource
	void saturationIsARejectionAndNotCounted(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.executor("io")
			.bulkhead(5, Duration.ZERO)
			.circuitBreaker((breaker) -> breaker.window(1))
			.build();
		CountDownLatch release = new CountDownLatch(1);
		this.executor.execute(() -> awaitIgnoringInterrupts(release));

		CallInFlight call = shape.start(policy, this.fixture.pending());

		assertThat(call.failure()).isInstanceOf(ExecutorSaturatedException.class);
		release.countDown();
		assertThat(policy.getCount(PolicyEventKind.REJECTED_BY_EXECUTOR)).isOne();
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
		assertThat(policy.getCircuitBreaker().orElseThrow().getMetrics().getNumberOfBufferedCalls()).isZero();
	}

	@Test
	void interruptOfTheWaiterCancelsTheWork() throws Exception {
		Policy policy = this.fixture.policy()
			.executor("io")
			.circuitBreaker((breaker) -> breaker.window(1).minCalls(1))
			.build();
		CallInFlight call = CallShape.SYNC.start(policy, this.fixture.pending());
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);

		call.cancel();

		assertThat(call.failure()).isInstanceOf(InterruptedException.class);
		PolicyFixture.await(attempt::isCancelled);
		assertThat(policy.getCircuitBreaker().orElseThrow().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@Test
	void unknownExecutorIsRefused() {
		assertThatExceptionOfType(NoSuchExecutorException.class)
			.isThrownBy(() -> this.fixture.policy().executor("iq").build());
	}

	@Test
	void hedgedLosersHaveEndedWhenTheCallReturns() throws Exception {
		Policy policy = this.fixture.policy().hedge(Duration.ofSeconds(1), 2).build();
		CompletableFuture<String> loser = new CompletableFuture<>();
		CompletableFuture<String> result = new CompletableFuture<>();
		CountDownLatch cleanup = new CountDownLatch(1);
		Callable<String> slow = () -> {
			try {
				new CountDownLatch(1).await();
				return "never";
			}
			finally {
				awaitIgnoringInterrupts(cleanup);
				loser.complete("cleaned up");
			}
		};
		Thread.ofVirtual().start(() -> {
			try {
				result.complete(policy.call(() -> {
					this.fixture.attempts.add(new CompletableFuture<>());
					return (this.fixture.attempts.size() == 1) ? slow.call() : "hedge";
				}));
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		});
		this.fixture.awaitStarted(1);
		this.fixture.awaitArmed(1);
		this.fixture.advance(1000);
		this.fixture.awaitStarted(2);
		assertThat(result).isNotDone();
		cleanup.countDown();

		assertThat(result.get()).isEqualTo("hedge");
		assertThat(loser).isCompletedWithValue("cleaned up");
		this.fixture.awaitArmed(0);
	}

	@ParameterizedTest
	@EnumSource
	void hedgedCallFailsWhenAllHaveFailedAndNotBefore(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(Duration.ofSeconds(1), 1).build();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitStarted(1);
		this.fixture.awaitArmed(1);
		this.fixture.advance(1000);
		this.fixture.awaitAttempt(2).completeExceptionally(new IOException("second"));
		assertThat(call.result()).isNotDone();
		this.fixture.awaitAttempt(1).complete("first");

		assertThat(call.value()).isEqualTo("first");
	}

	@ParameterizedTest
	@EnumSource
	void fastCallIsNotHedged(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().hedge(Duration.ofSeconds(1), 1).build();

		assertThat(shape.start(policy, () -> PolicyFixture.ok("fast")).value()).isEqualTo("fast");
		this.fixture.awaitArmed(0);
		assertThat(policy.getCount(PolicyEventKind.HEDGED)).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void inheritedDeadlineBoundsTheCall(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ZERO).build();
		CompletableFuture<Object> outcome = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				Deadline.after(Duration.ofSeconds(1), this.fixture.timer).run("outer", () -> {
					if (shape == CallShape.SYNC) {
						policy.call(() -> WorkFailures.get(this.fixture.pending().get()));
					}
					else {
						WorkFailures.get(shape.start(policy, this.fixture.pending()).result());
					}
				});
			}
			catch (Exception ex) {
				outcome.complete(ex);
			}
		});
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);
		PolicyFixture.await(() -> this.fixture.timer.armed() >= 1);
		this.fixture.advance(1000);

		assertThat(outcome.get()).isInstanceOf(io.asyncstarter.deadline.DeadlineExceededException.class);
		PolicyFixture.await(attempt::isCancelled);
		PolicyFixture.await(() -> policy.getBulkhead().orElseThrow().getInFlightCount() == 0);
	}

}
