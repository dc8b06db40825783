package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for interrupts that are not the scope's own: they are neither swallowed nor taken
 * for a timeout. Names in brackets are rows of the conformance tables.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class ForeignInterruptTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@AfterEach
	void nothingIsArmed() {
		assertThat(this.timer.armed()).isZero();
	}

	@Test // B09
	void whenInterruptedFromOutsideInTimeItIsNoTimeout() throws Exception {
		DeadlineScope scope = scope(10_000);
		Interruptions.Running<Boolean> running = Interruptions.start(() -> {
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope.run(Interruptions::block));
			return Thread.interrupted();
		}).awaitBlocked();

		running.thread().interrupt();

		assertThat(running.join()).isFalse();
		assertThat(scope.isExpired()).isFalse();
	}

	@Test
	void whenInterruptedBeforeEntryTheFlagIsSeenInsideAndKept() {
		Thread.currentThread().interrupt();

		boolean seen = scope(10).call((self) -> Thread.currentThread().isInterrupted());

		assertThat(seen).isTrue();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenInterruptedBeforeEntryBlockingWorkIsCancelled() {
		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope(10).run(Interruptions::block));
	}

	@Test
	void whenInterruptedBeforeEntryAndTimeIsUpAtEntryItIsACancellation() {
		Thread.currentThread().interrupt();
		DeadlineScope scope = scope(0);

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope.run(Interruptions::block));

		assertThat(scope.isExpired()).isTrue();
	}

	@Test
	void whenInterruptedBeforeExpiryAndWorkReturnsTheFlagIsKept() {
		DeadlineScope scope = scope(10);

		scope.run(() -> {
			Thread.currentThread().interrupt();
			this.timer.advance(Duration.ofMillis(10));
		});

		assertThat(scope.isExpired()).isTrue();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenInterruptedBeforeExpiryAndWorkBlocksItIsACancellation() {
		DeadlineScope scope = scope(10);

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope.run(() -> {
			Thread.currentThread().interrupt();
			this.timer.advance(Duration.ofMillis(10));
			Interruptions.block();
		}));

		assertThat(scope.isExpired()).isTrue();
	}

	@Test
	void whenInterruptedBeforeExpiryAndWorkTranslatesItThatPassesAndTheFlagIsKept() {
		assertThatIllegalStateException().isThrownBy(() -> scope(10).run(() -> {
			Thread.currentThread().interrupt();
			this.timer.advance(Duration.ofMillis(10));
			blockAndTranslate();
		})).withCauseExactlyInstanceOf(InterruptedException.class);

		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenInterruptedAndOnlyTheClockSaysExpiredItIsACancellation() {
		DeadlineScope scope = scope(10);

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope.run(() -> {
			Thread.currentThread().interrupt();
			this.timer.advanceUnnoticed(Duration.ofMillis(10));
			Interruptions.block();
		}));

		assertThat(scope.isExpired()).isTrue();
	}

	@Test
	void whenInterruptedDuringCleanupAfterExpiryTheScopeRaisesAndTheFlagIsKept() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(10).run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			try {
				Interruptions.block();
			}
			finally {
				Thread.currentThread().interrupt();
			}
		}));

		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenExpiredDuringCleanupAfterAnInterruptTheScopeRaisesAndTheFlagIsKept() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(10).run(() -> {
			Thread.currentThread().interrupt();
			try {
				Interruptions.block();
			}
			finally {
				this.timer.advance(Duration.ofMillis(10));
			}
		}));

		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenInterruptedDuringCleanupOfTwoExpiredScopesTheFlagIsKept() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope(10).run(() -> scope(5).run(() -> {
				this.timer.advance(Duration.ofMillis(5));
				try {
					Interruptions.block();
				}
				finally {
					Thread.currentThread().interrupt();
					this.timer.advance(Duration.ofMillis(5));
				}
			})));

		assertThat(Thread.interrupted()).isTrue();
	}

	@Test // B15
	void whenAnEarlierInterruptWasSwallowedANewScopeRaises() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(Interruptions::block);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(0).run(Interruptions::block));
	}

	@Test // B15
	void whenWorkSwallowedAnInterruptTheExpiryStillInterrupts() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(10).run(() -> {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(Interruptions::block);
			this.timer.advance(Duration.ofMillis(10));
			Interruptions.block();
		}));
	}

	@Test
	void whenWorkTranslatesTheInterruptOfTheExpiryTheScopeRaisesAndTheFlagIsClear() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(10).run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			blockAndTranslate();
		})).withCauseExactlyInstanceOf(IllegalStateException.class).withRootCauseInstanceOf(InterruptedException.class);
	}

	@Test // B31
	void whenInterruptedAtTheMomentTheWorkIsDoneCodeAfterTheScopeIsCancelled() throws Exception {
		CountDownLatch reached = new CountDownLatch(1);
		Interruptions.Running<Integer> running = Interruptions.start(() -> {
			int result = scope(10_000).call((self) -> {
				Thread.currentThread().interrupt();
				return 42;
			});
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> {
				Interruptions.block();
				reached.countDown();
			});
			return result;
		});

		assertThat(running.join()).isEqualTo(42);
		assertThat(reached.getCount()).isOne();
	}

	private DeadlineScope scope(long millis) {
		return DeadlineScope.of("work", Deadline.after(Duration.ofMillis(millis), this.timer));
	}

	private static void blockAndTranslate() {
		try {
			Interruptions.block();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("translated", ex);
		}
	}

}
