package io.asyncstarter.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for bulkheads.
 */
@Timeout(60)
class BulkheadTests {

	private static final Duration LONG = Duration.ofSeconds(100);

	private final PolicyFixture fixture = new PolicyFixture();

	@ParameterizedTest
	@EnumSource
	void permitIsHeldUntilTheResultIsThere(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ZERO).build();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		CompletableFuture<String> attempt = this.fixture.awaitAttempt(1);

		assertThat(shape.start(policy, this.fixture.pending()).failure())
			.isInstanceOfSatisfying(BulkheadFullException.class, (failure) -> {
				assertThat(failure.getPolicyName()).isEqualTo("test");
				assertThat(failure.getMaxConcurrency()).isOne();
				assertThat(failure.getMaxWait()).isZero();
			});
		attempt.complete("done");

		assertThat(call.value()).isEqualTo("done");
		assertThat(shape.start(policy, () -> PolicyFixture.ok("next")).value()).isEqualTo("next");
	}

	@Test
	void callersOfAllShapesWaitInOneLine() throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, LONG).build();
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();
		bulkhead.acquirePermission();
		List<CallInFlight> calls = new ArrayList<>();
		List<Integer> order = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			int number = i;
			calls.add(CallShape.at(i).start(policy, () -> {
				order.add(number);
				return this.fixture.pending().get();
			}));
			PolicyFixture.await(() -> bulkhead.getWaitingCount() == number + 1);
		}
		bulkhead.releasePermission();
		for (int i = 0; i < 8; i++) {
			this.fixture.awaitAttempt(i + 1).complete("done");
			assertThat(calls.get(i).value()).isEqualTo("done");
		}

		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
		this.fixture.awaitArmed(0);
	}

	@ParameterizedTest
	@EnumSource
	void waitEndsAfterItsTime(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ofSeconds(1)).build();
		policy.getBulkhead().orElseThrow().acquirePermission();
		CallInFlight call = shape.start(policy, this.fixture.pending());
		this.fixture.awaitArmed(1);
		this.fixture.advance(1000);

		assertThat(call.failure()).isInstanceOf(BulkheadFullException.class);
		assertThat(policy.getBulkhead().orElseThrow().getWaitingCount()).isZero();
		assertThat(policy.getStats().waited(PolicyEventKind.WAITED_FOR_BULKHEAD).longest())
			.isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void newcomerDoesNotOvertake() {
		FairPermits permits = new FairPermits(1);
		assertThat(permits.tryEnter()).isTrue();
		AsyncWaiter waiter = new AsyncWaiter(permits, (task) -> {
			// Woken, but not there yet.
		}, () -> {
		}, () -> {
		});
		waiter.start(Long.MAX_VALUE >> 2, this.fixture.timer);
		permits.leave();

		assertThat(permits.tryEnter()).isFalse();
		assertThat(permits.inside()).isOne();
	}

	@Test
	void limitsChangeLive() throws Exception {
		Policy policy = this.fixture.policy().bulkhead(1, LONG).build();
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();
		List<CallInFlight> calls = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			calls.add(CallShape.MONO.start(policy, this.fixture.pending()));
		}
		assertThat(this.fixture.attempts).hasSize(1);
		bulkhead.setMaxConcurrency(3);
		assertThat(this.fixture.attempts).hasSize(3);
		bulkhead.setMaxConcurrency(1);
		this.fixture.attempts.get(0).complete("a");
		this.fixture.attempts.get(1).complete("b");
		assertThat(this.fixture.attempts).as("nobody is let in while too many are").hasSize(3);
		this.fixture.attempts.get(2).complete("c");
		this.fixture.awaitAttempt(4).complete("d");

		assertThat(calls.get(3).value()).isEqualTo("d");
		assertThat(bulkhead.getInFlightCount()).isZero();
	}

	@Test
	void resilience4jHoldsTheSamePermits() {
		BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
		this.fixture.environment.bulkheads(registry);
		Policy policy = this.fixture.policy().bulkhead(2, Duration.ZERO).build();
		Bulkhead bulkhead = registry.bulkhead("test");
		List<String> events = new ArrayList<>();
		bulkhead.getEventPublisher().onEvent((event) -> events.add(event.getEventType().name()));

		CallInFlight call = CallShape.MONO.start(policy, this.fixture.pending());
		assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isOne();
		bulkhead.changeConfig(BulkheadConfig.custom().maxConcurrentCalls(1).maxWaitDuration(Duration.ZERO).build());
		assertThatExceptionOfType(io.github.resilience4j.bulkhead.BulkheadFullException.class)
			.isThrownBy(bulkhead::acquirePermission);
		call.cancel();

		assertThat(bulkhead.executeSupplier(() -> "direct")).isEqualTo("direct");
		assertThat(events).containsExactly("CALL_PERMITTED", "CALL_REJECTED", "CALL_FINISHED", "CALL_PERMITTED",
				"CALL_FINISHED");
		assertThat(registry.getAllBulkheads()).containsExactly(policy.getBulkhead().orElseThrow());
	}

	@Test
	void foreignBulkheadOfTheNameIsRefused() {
		BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
		registry.bulkhead("test");
		this.fixture.environment.bulkheads(registry);

		assertThatIllegalStateException().isThrownBy(() -> this.fixture.policy().bulkhead(1, LONG).build())
			.withMessageContaining("Bulkhead 'test'");
	}

	@ParameterizedTest
	@EnumSource
	void keysHavePermitsOfTheirOwnAndLeaveNothingBehind(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.settings(new PolicySettings(null, null, null, null, null, null,
					new BulkheadSettings(1, Duration.ZERO, true), null))
			.build();
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();
		CallInFlight first = shape.start(policy, "a", this.fixture.pending(), null);
		this.fixture.awaitStarted(1);
		assertThat(shape.start(policy, "a", this.fixture.pending(), null).failure())
			.isInstanceOf(BulkheadFullException.class);
		assertThat(shape.start(policy, "b", () -> PolicyFixture.ok("b"), null).value()).isEqualTo("b");
		assertThat(bulkhead.getKeyCount()).isOne();
		this.fixture.awaitAttempt(1).complete("a");

		assertThat(first.value()).isEqualTo("a");
		assertThat(bulkhead.getKeyCount()).isZero();
	}

}
