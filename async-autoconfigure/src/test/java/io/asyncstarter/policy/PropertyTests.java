package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what must hold whatever happens.
 */
@Timeout(120)
class PropertyTests {

	static Stream<Arguments> limiterCases() {
		return Stream.of(CallShape.values())
			.flatMap((shape) -> Stream.of(1, 2, 4, 8).map((threads) -> Arguments.of(shape, threads)));
	}

	@ParameterizedTest
	@MethodSource("limiterCases")
	void limiterKeepsToItsRateInEveryWindow(CallShape shape, int threads) {
		PolicyFixture fixture = new PolicyFixture();
		long burst = 5;
		fixture.limiter.setRate(100, Duration.ofSeconds(1), burst);
		fixture.limiter.setMaxWait(Duration.ofMillis(40));
		fixture.advance(1000);
		Policy policy = fixture.policy().rateLimiter("limiter").build();
		Queue<Long> grants = new ConcurrentLinkedQueue<>();
		AtomicInteger running = new AtomicInteger(threads);
		for (int i = 0; i < threads; i++) {
			Random random = new Random(i);
			Thread.ofPlatform().daemon().start(() -> {
				for (int n = 0; n < 60; n++) {
					CallInFlight call = shape.start(policy, () -> {
						grants.add(fixture.timer.nanoTime());
						return PolicyFixture.ok("granted");
					});
					if (random.nextInt(10) == 0) {
						call.cancel();
					}
					call.result().handle((value, failure) -> "ended").join();
				}
				running.decrementAndGet();
			});
		}
		while (running.get() > 0) {
			fixture.timer.advance(Duration.ofMillis(1));
			Thread.onSpinWait();
		}

		assertWithinRate(grants.stream().mapToLong(Long::longValue).sorted().toArray(), burst, 10_000_000L, threads);
		assertThat(fixture.limiter.getWaitingCount()).isZero();
		fixture.awaitArmed(0);
	}

	/**
	 * A grant is noted a little after it was made, so time may have moved on by a few
	 * steps meanwhile: late notes of so many threads are allowed for.
	 */
	private static void assertWithinRate(long[] times, long burst, long nanosPerToken, int threads) {
		for (int from = 0; from < times.length; from++) {
			for (int to = from; to < times.length; to++) {
				double allowed = burst + (times[to] - times[from]) / (double) nanosPerToken;
				assertThat(to - from + 1 - (double) threads)
					.as("grants from %d to %d of %s", from, to, Arrays.toString(times))
					.isLessThanOrEqualTo(allowed);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 4, 8 })
	void limiterNeverGrantsMoreThanItsBurstAtOnce(int threads) throws Exception {
		PolicyFixture fixture = new PolicyFixture();
		fixture.limiter.setRate(1000, Duration.ofSeconds(1), 50);
		fixture.advance(1000);
		for (int window = 0; window < 20; window++) {
			AtomicInteger granted = new AtomicInteger();
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				callers.add(Thread.ofPlatform().start(() -> {
					for (int n = 0; n < 100; n++) {
						if (fixture.limiter.tryAcquire()) {
							granted.incrementAndGet();
						}
					}
				}));
			}
			for (Thread caller : callers) {
				caller.join();
			}
			assertThat(granted.get()).isEqualTo((window == 0) ? 50 : 7);
			fixture.advance(7);
		}
	}

	@ParameterizedTest
	@EnumSource
	void permitsAreBackAfterEveryRun(CallShape shape) {
		PolicyFixture fixture = new PolicyFixture();
		Policy policy = fixture.policy()
			.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ofMillis(2)))
			.bulkhead(3, Duration.ofMillis(5))
			.timeout(Duration.ofMillis(20))
			.build();
		AtomicInteger inFlight = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Random random = new Random(7);
		List<CallInFlight> calls = new ArrayList<>();
		Queue<CompletableFuture<String>> open = new ConcurrentLinkedQueue<>();
		for (int round = 0; round < 400; round++) {
			calls.add(shape.start(policy, () -> {
				most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
				CompletableFuture<String> work = new CompletableFuture<>();
				open.add(work);
				// The first to know, before the permit is given back.
				return work.whenComplete((value, failure) -> inFlight.decrementAndGet());
			}));
			act(fixture, random, calls, open);
		}
		while (calls.stream().anyMatch((call) -> !call.result().isDone())) {
			fixture.advance(1);
			for (CompletableFuture<String> work = open.poll(); work != null; work = open.poll()) {
				work.complete("late");
			}
		}

		PolicyFixture.await(() -> policy.getBulkhead().orElseThrow().getInFlightCount() == 0);
		assertThat(policy.getBulkhead().orElseThrow().getWaitingCount()).isZero();
		fixture.awaitArmed(0);
	}

	private static void act(PolicyFixture fixture, Random random, List<CallInFlight> calls,
			Queue<CompletableFuture<String>> open) {
		CompletableFuture<String> work = (random.nextBoolean()) ? open.poll() : null;
		switch (random.nextInt(4)) {
			case 0 -> fixture.advance(random.nextInt(5));
			case 1 -> calls.get(random.nextInt(calls.size())).cancellation().run();
			case 2 -> {
				if (work != null) {
					work.completeExceptionally(new IOException());
				}
			}
			default -> {
				if (work != null) {
					work.complete("done");
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void retriesStayUnderTheBudget(CallShape shape) throws Exception {
		PolicyFixture fixture = new PolicyFixture();
		Policy policy = fixture.policy()
			.retry((retry) -> retry.maxAttempts(4).backoff(Duration.ZERO).budget(0.2).budgetMinimum(0.5))
			.build();
		Random random = new Random(1);
		AtomicInteger attempts = new AtomicInteger();
		int calls = 1000;
		for (int i = 0; i < calls; i++) {
			CallInFlight call = shape.start(policy, () -> {
				attempts.incrementAndGet();
				return (random.nextBoolean()) ? PolicyFixture.ok("fine") : WorkFailures.failed("upstream");
			});
			call.result().handle((value, failure) -> "ended").join();
			fixture.timer.advance(Duration.ofMillis(20));
		}

		// Twenty seconds at half a retry a second, and what was there from the start.
		assertThat(attempts.get() - calls).isBetween(100, (int) (0.2 * calls + 10 + 5));
		assertThat(policy.getCount(PolicyEventKind.BUDGET_SPENT)).isPositive();
	}

}
