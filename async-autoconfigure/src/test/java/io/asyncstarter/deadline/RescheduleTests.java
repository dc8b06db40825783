package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for moving the deadline of a {@link DeadlineScope}, and for its states. Names in
 * brackets are rows of the conformance tables.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class RescheduleTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@AfterEach
	void nothingIsArmed() {
		assertThat(this.timer.armed()).isZero();
	}

	@Test // B13
	void whenAnotherThreadMovesDisablesAndInterruptsItIsACancellation() throws Exception {
		DeadlineScope scope = scope(10);
		Interruptions.Running<Boolean> running = Interruptions.start(() -> {
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope.run(Interruptions::block));
			return Thread.interrupted();
		}).awaitBlocked();
		Deadline later = Deadline.after(Duration.ofMillis(20), this.timer);

		scope.reschedule(later);
		assertThat(scope.when()).containsSame(later);
		this.timer.advance(Duration.ofMillis(15));
		assertThat(scope.isExpired()).isFalse();
		scope.disable();
		assertThat(scope.when()).isEmpty();
		assertThat(this.timer.armed()).isZero();
		this.timer.advance(Duration.ofMillis(15));
		running.thread().interrupt();

		assertThat(running.join()).isFalse();
		assertThat(scope.isExpired()).isFalse();
	}

	@Test
	void whenMovedEarlierItExpiresEarlier() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(100).call((scope) -> {
			scope.reschedule(Duration.ofMillis(10));
			assertThat(Deadline.current().remaining()).hasMillis(10);
			this.timer.advance(Duration.ofMillis(10));
			return Interruptions.block();
		})).satisfies((ex) -> assertThat(ex.getBudget()).hasMillis(10));
	}

	@Test
	void whenMovedIntoThePastItExpiresAtOnce() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(100).call((scope) -> {
			scope.reschedule(Duration.ZERO);
			assertThat(scope.isExpired()).isTrue();
			return Interruptions.block();
		}));
	}

	@Test
	void whenMovedIntoThePastByAnotherThreadTheWorkIsInterrupted() throws Exception {
		DeadlineScope scope = scope(100);
		Interruptions.Running<Boolean> running = Interruptions.start(() -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> scope.run(Interruptions::block));
			return Thread.interrupted();
		}).awaitBlocked();

		scope.reschedule(Duration.ofSeconds(-1));

		assertThat(running.join()).isFalse();
	}

	@Test
	void whenUnboundedScopeIsGivenADeadlineItExpires() {
		DeadlineScope.of("outer", Deadline.after(Duration.ofSeconds(1), this.timer)).run(() -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> DeadlineScope.of("work", Deadline.none()).call((scope) -> {
					scope.reschedule(Duration.ofMillis(10));
					this.timer.advance(Duration.ofMillis(10));
					return Interruptions.block();
				}));
		});
	}

	@Test
	void whenInnerIsMovedBeyondTheOuterTheOuterStillApplies() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> DeadlineScope.of("outer", Deadline.after(Duration.ofMillis(10), this.timer))
				.run(() -> scope(5).call((inner) -> {
					inner.reschedule(Duration.ofMillis(100));
					assertThat(Deadline.current().remaining()).hasMillis(10);
					this.timer.advance(Duration.ofMillis(10));
					return Interruptions.block();
				})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	@Test
	void whenOuterIsMovedAwayTheInnerKeepsItsOwn() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> DeadlineScope.of("outer", Deadline.after(Duration.ofMillis(10), this.timer))
				.call((outer) -> scope(20).call((inner) -> {
					outer.disable();
					assertThat(Deadline.current().remaining()).hasMillis(20);
					this.timer.advance(Duration.ofMillis(20));
					return Interruptions.block();
				})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("work"));
	}

	@Test
	void deadlineTakenFromTheScopeDoesNotFollow() {
		scope(10).call((scope) -> {
			Deadline taken = Deadline.current();
			scope.reschedule(Duration.ofMillis(100));
			assertThat(taken.remaining()).hasMillis(10);
			assertThat(Deadline.current().remaining()).hasMillis(100);
			return null;
		});
	}

	@Test
	void expiryThatComesTooLateForTheMoveDoesNothing() {
		AtomicReference<@Nullable Runnable> expiry = new AtomicReference<>();
		DeadlineTimer deaf = new DeadlineTimer() {

			@Override
			public long nanoTime() {
				return RescheduleTests.this.timer.nanoTime();
			}

			@Override
			public int armed() {
				return 0;
			}

			@Override
			public DeadlineTimer.Timeout schedule(long delayNanos, Runnable expired) {
				expiry.compareAndSet(null, expired);
				return () -> false;
			}

		};

		DeadlineScope.of("work", Deadline.after(Duration.ofMillis(10), deaf)).call((scope) -> {
			this.timer.advance(Duration.ofMillis(10));
			scope.reschedule(Duration.ofMillis(10));
			run(expiry);
			assertThat(scope.isExpired()).isFalse();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			return null;
		});
		run(expiry);

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // B19
	void whenNotEnteredItCannotBeRescheduled() {
		DeadlineScope scope = scope(10);

		assertThatIllegalStateException().isThrownBy(() -> scope.reschedule(Duration.ofMillis(20)))
			.withMessage("Scope 'work' cannot be rescheduled: it has not been entered");
		assertThat(scope.when()).isPresent();
		assertThat(scope).hasToString("Scope 'work' has not been entered, Deadline[PT0.01S left]");
	}

	@Test // B19
	void whenFinishedItCannotBeRescheduled() {
		DeadlineScope scope = scope(10);
		scope.run(() -> assertThat(scope).hasToString("Scope 'work' is active, Deadline[PT0.01S left]"));

		assertThatIllegalStateException().isThrownBy(() -> scope.reschedule(Duration.ofMillis(20)))
			.withMessage("Scope 'work' cannot be rescheduled: it has finished");
	}

	@Test // B19
	void whenExpiredItCannotBeRescheduled() {
		DeadlineScope scope = scope(0);
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope.run(Interruptions::block));

		assertThatIllegalStateException().isThrownBy(() -> scope.reschedule(Duration.ofMillis(20)))
			.withMessage("Scope 'work' cannot be rescheduled: it has expired");
	}

	@Test // B19
	void whenExpiringItCannotBeRescheduled() {
		scope(10).call((scope) -> {
			this.timer.advance(Duration.ofMillis(10));
			assertThatIllegalStateException().isThrownBy(scope::disable)
				.withMessage("Scope 'work' cannot be rescheduled: it is expiring");
			return null;
		});
	}

	@Test
	void scopeIsEnteredOnce() {
		DeadlineScope scope = scope(10);

		scope.run(() -> {
			Deadline current = Deadline.current();
			assertThatIllegalStateException().isThrownBy(() -> scope.run(() -> {
			})).withMessage("Scope 'work' has already been entered");
			assertThat(Deadline.current()).isSameAs(current);
		});

		assertThatIllegalStateException().isThrownBy(() -> scope.run(() -> {
		})).withMessage("Scope 'work' has already been entered");
	}

	@Test
	void whenRescheduledOverAndOverWhileRunningInRealTimeNothingIsLeft() throws Exception {
		WheelTimer wheelTimer = new WheelTimer("test-deadline-timer", 1);
		CountDownLatch done = new CountDownLatch(1);
		DeadlineScope scope = DeadlineScope.of("work", Deadline.after(Duration.ofSeconds(60), wheelTimer));
		Interruptions.Running<Boolean> running = Interruptions.start(() -> {
			scope.run(done::await);
			return Thread.interrupted();
		}).awaitBlocked();

		for (int i = 0; i < 10_000; i++) {
			scope.reschedule(Duration.ofMillis(20_000 + i));
		}
		assertThat(wheelTimer.armed()).isOne();
		done.countDown();

		assertThat(running.join()).isFalse();
		assertThat(wheelTimer.armed()).isZero();
	}

	private static void run(AtomicReference<@Nullable Runnable> expiry) {
		Runnable expired = expiry.get();
		assertThat(expired).isNotNull();
		expired.run();
	}

	private DeadlineScope scope(long millis) {
		return DeadlineScope.of("work", Deadline.after(Duration.ofMillis(millis), this.timer));
	}

}
