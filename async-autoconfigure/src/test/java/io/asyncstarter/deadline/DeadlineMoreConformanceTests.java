package io.asyncstarter.deadline;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What asyncio's own tests say of timeouts and no other test here does. Names in comments
 * are those of the tests.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class DeadlineMoreConformanceTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@AfterEach
	void nothingIsArmed() {
		assertThat(this.timer.armed()).isZero();
	}

	@Test // timeout_at_basic
	void scopeAtADeadlineHasThatOneBeforeAndAfterItsExpiry() {
		Deadline deadline = Deadline.after(Duration.ofMillis(10), this.timer);
		DeadlineScope scope = DeadlineScope.of("work", deadline);
		assertThat(scope.when()).containsSame(deadline);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope.run(() -> {
			assertThat(scope.when()).containsSame(deadline);
			blockAfter(10);
		}));

		assertThat(scope.isExpired()).isTrue();
		assertThat(scope.when()).containsSame(deadline);
	}

	@Test // timeout_not_called
	void scopeThatWasLeftInTimeDoesNotExpireAfterwards() {
		DeadlineScope scope = scope("work", 10);

		scope.run(() -> this.timer.advance(Duration.ofMillis(5)));
		this.timer.advance(Duration.ofMillis(10));

		assertThat(scope.isExpired()).isFalse();
		assertThat(scope).asString().startsWith("Scope 'work' ").doesNotContain("expired");
	}

	@ParameterizedTest // timeout_zero_sleep_zero, timeout_in_the_past_sleep_zero
	@ValueSource(longs = { 0, -11 })
	void whenTimeIsUpAtEntryTheShortestWaitEndsWithIt(long millis) {
		DeadlineScope scope = scope("work", millis);

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope.run(() -> new CountDownLatch(0).await()))
			.withCauseExactlyInstanceOf(InterruptedException.class);

		assertThat(scope.isExpired()).isTrue();
		assertThat(scope.when()).hasValueSatisfying((when) -> assertThat(when.isExpired()).isTrue());
	}

	@Test // nested_timeouts_loop_busy
	void whenBothExpireWhileTheWorkIsBusyAllOfItEndsAndTheOuterAnswers() {
		DeadlineScope outer = scope("outer", 100);
		DeadlineScope inner = scope("inner", 10);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> outer.run(() -> {
			try {
				inner.run(() -> blockAfter(100));
			}
			catch (DeadlineExceededException ex) {
				// asyncio leaves open who answers, not that the next wait ends
			}
			Interruptions.block();
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(inner.isExpired()).isTrue();
	}

	@Test // cancel_in_timeout_after_cancellation
	void whenAnEarlierInterruptWasSwallowedALaterOneInAScopeIsACancellation() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(Interruptions::block);
		DeadlineScope scope = scope("cleanup", 1000);

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> scope.run(() -> {
			Thread.currentThread().interrupt();
			Interruptions.block();
		}));

		assertThat(scope.isExpired()).isFalse();
	}

	@Test // foreign_exception_on_timeout, foreign_exception_on_timeout_2
	void whenCleanupFailsAfterTheExpiryNothingOfTheChainIsLost() {
		IOException atHand = new IOException("at hand");
		IllegalStateException cleanup = new IllegalStateException("cleanup");
		DeadlineScope scope = scope("work", 10);

		IllegalStateException thrown = catchThrowableOfType(IllegalStateException.class, () -> scope.run(() -> {
			try {
				blockAfter(10);
			}
			catch (InterruptedException ex) {
				ex.addSuppressed(atHand);
				cleanup.addSuppressed(ex);
				throw cleanup;
			}
		}));

		assertThat(thrown).isSameAs(cleanup);
		assertThat(thrown.getSuppressed()).hasExactlyElementsOfTypes(InterruptedException.class,
				DeadlineExceededException.class);
		assertThat(thrown.getSuppressed()[0].getSuppressed()).containsExactly(atHand);
		assertThat(scope.isExpired()).isTrue();
	}

	@Test // timeout_exception_context
	void whenAnErrorWasAtHandAsTheDeadlinePassedBothAreReachable() {
		IOException atHand = new IOException("at hand");

		DeadlineExceededException thrown = catchThrowableOfType(DeadlineExceededException.class,
				() -> scope("work", 10).run(() -> {
					try {
						throw atHand;
					}
					catch (IOException ex) {
						try {
							blockAfter(10);
						}
						catch (InterruptedException interrupted) {
							interrupted.addSuppressed(ex);
							throw interrupted;
						}
					}
				}));

		assertThat(thrown).cause().isExactlyInstanceOf(InterruptedException.class).hasSuppressedException(atHand);
	}

	@Test // repr_active, repr_expired, repr_finished, repr_disabled
	void scopeTellsWhereItStands() {
		DeadlineScope scope = scope("work", 10);
		AtomicReference<String> active = new AtomicReference<>();
		String created = scope.toString();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope.run(() -> {
			active.set(scope.toString());
			blockAfter(10);
		}));
		DeadlineScope finished = scope("work", 10);
		finished.run(() -> {
		});

		assertThat(created).startsWith("Scope 'work' ").isNotEqualTo(active.get());
		assertThat(scope).asString().contains("expired");
		assertThat(finished.toString()).isNotEqualTo(active.get()).doesNotContain("expired");
		assertThat(DeadlineScope.of("work", Deadline.none())).asString().endsWith(Deadline.none().toString());
	}

	private void blockAfter(long millis) throws InterruptedException {
		this.timer.advance(Duration.ofMillis(millis));
		Interruptions.block();
	}

	private DeadlineScope scope(String name, long millis) {
		return DeadlineScope.of(name, Deadline.after(Duration.ofMillis(millis), this.timer));
	}

}
