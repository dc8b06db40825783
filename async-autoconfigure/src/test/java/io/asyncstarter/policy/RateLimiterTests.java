package io.asyncstarter.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RateLimiter}.
 */
@Timeout(60)
class RateLimiterTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final PolicyFixture fixture = new PolicyFixture();

	private final RateLimiter limiter = this.fixture.limiter;

	@Test
	void callersOfAllShapesWaitInOneLineAndStartAStepApart() throws Exception {
		this.limiter.setMaxWait(Duration.ofSeconds(100));
		Policy policy = this.fixture.policy().rateLimiter("limiter").build();
		assertThat(this.limiter.tryAcquire()).isTrue();
		List<Long> starts = new ArrayList<>();
		List<CallInFlight> calls = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			int number = i;
			calls.add(CallShape.at(i).start(policy, () -> {
				starts.add(this.fixture.timer.nanoTime());
				return PolicyFixture.ok("call " + number);
			}));
			PolicyFixture.await(() -> this.limiter.getWaitingCount() == number + 1);
			this.fixture.awaitArmed(number + 2);
		}
		for (int i = 0; i < 8; i++) {
			assertThat(calls.get(i).result()).isNotDone();
			this.fixture.advance(1000);
			assertThat(calls.get(i).value()).isEqualTo("call " + i);
		}

		assertThat(starts).extracting((nanos) -> nanos / SECOND.toNanos())
			.containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
		this.fixture.awaitArmed(0);
	}

	@ParameterizedTest
	@EnumSource
	void waitThatWouldTakeTooLongIsRefusedAtOnce(CallShape shape) throws Exception {
		this.limiter.setMaxWait(SECOND);
		Policy policy = this.fixture.policy().rateLimiter("limiter").build();
		assertThat(this.limiter.tryAcquire()).isTrue();
		CallInFlight first = shape.start(policy, () -> PolicyFixture.ok("first"));
		PolicyFixture.await(() -> this.limiter.getWaitingCount() == 1);

		assertThat(shape.start(policy, this.fixture.pending()).failure())
			.isInstanceOfSatisfying(RateLimitExceededException.class, (failure) -> {
				assertThat(failure.getRateLimiterName()).isEqualTo("limiter");
				assertThat(failure.getPolicyName()).isEqualTo("test");
				assertThat(failure.getRetryAfter()).isEqualTo(Duration.ofSeconds(2));
			});
		this.fixture.awaitArmed(2);
		this.fixture.advance(1000);
		assertThat(first.value()).isEqualTo("first");
	}

	@Test
	void cancelledWaiterPaysNothing() throws Exception {
		this.limiter.setMaxWait(Duration.ofSeconds(100));
		Policy policy = this.fixture.policy().rateLimiter("limiter").build();
		assertThat(this.limiter.tryAcquire()).isTrue();
		CallInFlight first = CallShape.MONO.start(policy, this.fixture.pending());
		CallInFlight second = CallShape.MONO.start(policy, () -> PolicyFixture.ok("second"));

		first.cancel();
		this.fixture.advance(1000);

		assertThat(second.value()).isEqualTo("second");
		this.fixture.awaitArmed(0);
	}

	@Test
	void rateChangesLiveForThoseWhoWait() throws Exception {
		this.limiter.setMaxWait(Duration.ofSeconds(100));
		Policy policy = this.fixture.policy().rateLimiter("limiter").build();
		assertThat(this.limiter.tryAcquire()).isTrue();
		CallInFlight call = CallShape.MONO.start(policy, () -> PolicyFixture.ok("done"));
		this.limiter.setRate(10, SECOND, 1);
		this.fixture.advance(100);

		assertThat(call.value()).isEqualTo("done");
		assertThat(this.limiter.getPermits()).isEqualTo(10);
		this.fixture.awaitArmed(0);
	}

	@Test
	void limiterIsSharedByItsUsersAndSplitByKey() throws Exception {
		Policy one = this.fixture.policy().rateLimiter("limiter").build();
		Policy other = Policy.builder("other")
			.environment(this.fixture.environment.build())
			.rateLimiter("limiter")
			.build();
		one.call(() -> "pays");

		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> other.call(() -> "nothing left"));
		assertThat(other.<String>call("tenant", () -> "own")).isEqualTo("own");
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> one.call("tenant", () -> "nothing left"))
			.satisfies((failure) -> assertThat(failure.getKey()).isEqualTo("tenant"));
	}

	@Test
	void keysAreBoundedAndForgottenWhenTheirBucketIsFull() {
		RateLimiter keyed = RateLimiter.builder("keyed")
			.permits(1)
			.per(SECOND)
			.maxKeys(100)
			.timer(this.fixture.timer)
			.build();
		for (int i = 0; i < 1000; i++) {
			keyed.tryAcquire("key " + i);
		}
		assertThat(keyed.getKeyCount()).isLessThanOrEqualTo(100);
		this.fixture.advance(2001);

		assertThat(keyed.getKeyCount()).isZero();
	}

	@Test
	void acquireWaitsAndIsInterruptible() throws Exception {
		this.limiter.setMaxWait(Duration.ofSeconds(100));
		this.limiter.acquire();
		CompletableFuture<String> waiting = new CompletableFuture<>();
		Thread thread = Thread.ofVirtual().start(() -> {
			try {
				this.limiter.acquire();
				waiting.complete("acquired");
			}
			catch (InterruptedException ex) {
				waiting.complete("interrupted");
			}
		});
		PolicyFixture.await(() -> this.limiter.getWaitingCount() == 1);

		thread.interrupt();

		assertThat(waiting.get()).isEqualTo("interrupted");
		assertThat(this.limiter.getWaitingCount()).isZero();
		this.fixture.awaitArmed(0);
	}

	@Test
	void wrongRatesAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RateLimiter.builder("x").permits(0).build())
			.withMessage("'permits' must be at least 1 but was 0");
		assertThatIllegalArgumentException().isThrownBy(() -> RateLimiter.builder("x").per(Duration.ZERO).build());
		assertThatIllegalArgumentException().isThrownBy(() -> RateLimiter.builder("x").burst(0).build());
	}

	@Test
	void unknownNamesTellTheKnown() {
		assertThatExceptionOfType(NoSuchRateLimiterException.class)
			.isThrownBy(() -> this.fixture.policy().rateLimiter("limitter").build())
			.withMessage("There is no rate limiter named 'limitter'; there are: limiter");
		assertThatExceptionOfType(NoSuchPolicyException.class)
			.isThrownBy(() -> Policies.of(this.fixture.policy().build()).get("nobody"))
			.withMessage("There is no policy named 'nobody'; there are: test");
	}

}
