package io.asyncstarter.deadline;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for scopes inside of scopes on one thread: which of them answers, and to whom an
 * interrupt belongs. Names in brackets are rows of the conformance tables.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class NestedScopeTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@AfterEach
	void nothingIsArmed() {
		assertThat(this.timer.armed()).isZero();
	}

	@Test // B03
	void whenBothShareADeadlineCodeBetweenSeesAnInterruptAndOnlyTheOuterRaises() {
		Deadline deadline = Deadline.after(Duration.ofMillis(10), this.timer);
		DeadlineScope outer = DeadlineScope.of("outer", deadline);
		DeadlineScope inner = DeadlineScope.of("inner", deadline);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> outer.run(() -> {
			assertThatExceptionOfType(InterruptedException.class)
				.isThrownBy(() -> inner.run(() -> blockAfter(Duration.ofMillis(10))));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			throw new InterruptedException("passed on");
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(outer.isExpired()).isTrue();
		assertThat(inner.isExpired()).isTrue();
	}

	@ParameterizedTest // B03: whichever timer runs first, and even if the other is late
	@ValueSource(booleans = { true, false })
	void whenBothShareADeadlineAndOneTimerIsLateTheOuterRaises(boolean outerIsPunctual) {
		ManualDeadlineTimer late = new ManualDeadlineTimer();
		ManualDeadlineTimer outerTimer = outerIsPunctual ? this.timer : late;
		ManualDeadlineTimer innerTimer = outerIsPunctual ? late : this.timer;
		DeadlineScope outer = DeadlineScope.of("outer", Deadline.after(Duration.ofMillis(10), outerTimer));
		DeadlineScope inner = DeadlineScope.of("inner", Deadline.after(Duration.ofMillis(10), innerTimer));

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> outer.run(() -> inner.run(() -> {
			late.advanceUnnoticed(Duration.ofMillis(10));
			blockAfter(Duration.ofMillis(10));
		}))).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(outer.isExpired()).isTrue();
		assertThat(inner.isExpired()).isTrue();
		late.advance(Duration.ofMillis(1));
		assertThat(late.armed()).isZero();
	}

	@Test // B03
	void whenBothShareADeadlineInRealTimeOnlyTheOuterRaises() throws Exception {
		for (int round = 0; round < 50; round++) {
			Deadline deadline = Deadline.after(Duration.ofMillis(2));
			DeadlineScope inner = DeadlineScope.of("inner", deadline);

			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> deadline.run("outer", () -> inner.run(Interruptions::block)))
				.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"))
				.withCauseExactlyInstanceOf(InterruptedException.class);

			assertThat(inner.isExpired()).isTrue();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
	}

	@Test // B11
	void whenOnlyTheOuterHasExpiredTheInnerPassesTheInterruptOn() {
		DeadlineScope inner = scope("inner", 100);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 2).run(() -> {
			assertThatExceptionOfType(InterruptedException.class)
				.isThrownBy(() -> inner.run(() -> blockAfter(Duration.ofMillis(10))));
			throw new InterruptedException("passed on");
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(inner.isExpired()).isFalse();
	}

	@Test
	void whenOnlyTheInnerHasExpiredTheOuterGoesOn() {
		DeadlineScope outer = scope("outer", 100);

		String result = outer.call((self) -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> scope("inner", 10).run(() -> blockAfter(Duration.ofMillis(10))))
				.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("inner"));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			return "went on";
		});

		assertThat(result).isEqualTo("went on");
		assertThat(outer.isExpired()).isFalse();
	}

	@Test
	void whenTheInnerWasHandledTheOuterStillExpiresLater() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 100).run(() -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> scope("inner", 10).run(() -> blockAfter(Duration.ofMillis(10))));
			blockAfter(Duration.ofMillis(90));
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	@Test
	void whenTheOuterExpiresWhileTheInnerRunsItsInterruptIsPendingAfterTheInnerReturned() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 10).run(() -> {
			scope("inner", 100).run(() -> this.timer.advance(Duration.ofMillis(10)));
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
			Interruptions.block();
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	@Test
	void whenBothExpireUnnoticedTheInterruptIsPendingAfterTheInnerReturned() {
		DeadlineScope inner = scope("inner", 5);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 10).run(() -> {
			inner.run(() -> this.timer.advance(Duration.ofMillis(10)));
			assertThat(inner.isExpired()).isTrue();
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
			Interruptions.block();
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	@Test
	void whenTheOuterExpiresDuringCleanupOfTheInnerTheOuterRaises() {
		DeadlineScope inner = scope("inner", 5);

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope("outer", 10).run(() -> inner.run(() -> {
				try {
					blockAfter(Duration.ofMillis(5));
				}
				finally {
					this.timer.advance(Duration.ofMillis(5));
				}
			})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(inner.isExpired()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void whenCleanupOfTheOuterHasAScopeOfItsOwnThatOneRaises() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 10).run(() -> {
			try {
				blockAfter(Duration.ofMillis(10));
			}
			finally {
				assertThatExceptionOfType(DeadlineExceededException.class)
					.isThrownBy(() -> scope("cleanup", 10).run(() -> blockAfter(Duration.ofMillis(10))))
					.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("cleanup"));
			}
		}))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"))
			.withCauseExactlyInstanceOf(InterruptedException.class);
	}

	@Test
	void whenTheOuterHasExpiredUnnoticedAScopeEnteredAfterwardsPassesItsInterruptOn() {
		DeadlineScope inner = scope("inner", 0);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 10).run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			inner.run(Interruptions::block);
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	@Test
	void whenInnermostAndOutermostOfThreeExpireTheOutermostRaises() {
		DeadlineScope middle = scope("middle", 100);

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope("outer", 10)
				.run(() -> middle.run(() -> scope("inner", 5).run(() -> blockAfter(Duration.ofMillis(10))))))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(middle.isExpired()).isFalse();
	}

	@Test
	void whenTheInnerIsQuietAndTheOuterHasExpiredTheInterruptIsPassedOn() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(
				() -> scope("outer", 10).run(() -> scope("inner", 10).<Object, InterruptedException>moveOn((self) -> {
					this.timer.advance(Duration.ofMillis(10));
					return Interruptions.block();
				})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	@Test
	void whenTheTimeoutOfTheInnerPassesThroughTheExpiredOuterItIsAnOrdinaryFailure() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 10).run(() -> {
			try {
				scope("inner", 5).run(() -> blockAfter(Duration.ofMillis(5)));
			}
			finally {
				this.timer.advance(Duration.ofMillis(5));
			}
		})).satisfies((ex) -> {
			assertThat(ex.getScopeName()).isEqualTo("inner");
			assertThat(ex.getSuppressed()).hasExactlyElementsOfTypes(DeadlineExceededException.class);
		});
	}

	@Test // X15
	void effectiveDeadlineIsTheEarliestOfAll() {
		scope("outer", 100).run(() -> {
			Deadline outer = Deadline.current();
			assertThat(outer.remaining()).hasMillis(100);

			scope("longer", 10_000).run(() -> assertThat(Deadline.current()).isSameAs(outer));
			scope("shorter", 10).run(() -> {
				assertThat(Deadline.current().remaining()).hasMillis(10);
				scope("unbounded", 1_000_000).run(() -> assertThat(Deadline.current().remaining()).hasMillis(10));
			});

			assertThat(Deadline.current()).isSameAs(outer);
		});
		assertThat(Deadline.current()).isSameAs(Deadline.none());
	}

	@Test // X15
	void innerCannotOutliveOuter() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope("outer", 100).run(() -> scope("inner", 10_000).run(() -> {
				this.timer.advance(Duration.ofMillis(100));
				Interruptions.block();
			})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
	}

	private void blockAfter(Duration time) throws InterruptedException {
		this.timer.advance(time);
		Interruptions.block();
	}

	private DeadlineScope scope(String name, long millis) {
		return DeadlineScope.of(name, Deadline.after(Duration.ofMillis(millis), this.timer));
	}

}
