package io.asyncstarter.deadline;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Deadline} as a value.
 */
@ExtendWith(Interruptions.class)
class DeadlineTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@Test
	void currentOutsideOfEverythingIsNone() {
		assertThat(Deadline.current()).isSameAs(Deadline.none());
	}

	@Test
	void noneNeverPasses() {
		Deadline none = Deadline.none();

		assertThat(none.isUnbounded()).isTrue();
		assertThat(none.isExpired()).isFalse();
		assertThat(none.remainingNanos()).isEqualTo(Long.MAX_VALUE);
		assertThat(none.remaining()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
		assertThat(none).hasToString("Deadline[none]");
	}

	@Test
	void remainingFollowsTimeAndStopsAtZero() {
		Deadline deadline = Deadline.after(Duration.ofMillis(10), this.timer);
		assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(10));
		assertThat(deadline).hasToString("Deadline[PT0.01S left]");

		this.timer.advance(Duration.ofMillis(4));
		assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(6));
		assertThat(deadline.isExpired()).isFalse();

		this.timer.advance(Duration.ofMillis(6));
		assertThat(deadline.isExpired()).isTrue();

		this.timer.advance(Duration.ofMillis(1));
		assertThat(deadline.remaining()).isZero();
		assertThat(deadline.remainingNanos()).isEqualTo(-1_000_000);
	}

	@Test
	void afterZeroAndLessHasPassed() {
		assertThat(Deadline.after(Duration.ZERO, this.timer).isExpired()).isTrue();
		assertThat(Deadline.after(Duration.ofSeconds(-1), this.timer).remainingNanos()).isEqualTo(-1_000_000_000);
	}

	@Test
	void afterHugeDurationIsSaturated() {
		Deadline farthest = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), this.timer);
		Deadline longGone = Deadline.after(Duration.ofSeconds(Long.MIN_VALUE), this.timer);

		assertThat(farthest.isUnbounded()).isFalse();
		assertThat(farthest.remaining()).isBetween(Duration.ofDays(73 * 365), Duration.ofDays(74 * 365));
		assertThat(longGone.isExpired()).isTrue();
		assertThat(farthest.earliest(longGone)).isSameAs(longGone);
		assertThat(longGone.earliest(farthest)).isSameAs(longGone);
	}

	@Test
	void scopeWithHugeDurationRunsAndLeavesNothing() {
		WheelTimer wheelTimer = new WheelTimer("test-deadline-timer", 1);

		int result = DeadlineScope.of("work", Deadline.after(ChronoUnit.FOREVER.getDuration(), wheelTimer))
			.call((scope) -> wheelTimer.armed());

		assertThat(result).isOne();
		assertThat(wheelTimer.armed()).isZero();
	}

	@Test
	void untilInstantIsAsFarAwayAsTheInstant() {
		assertThat(Deadline.until(Instant.now().plusSeconds(60)).remaining()).isBetween(Duration.ofSeconds(50),
				Duration.ofSeconds(60));
		assertThat(Deadline.until(Instant.now().minusSeconds(1)).isExpired()).isTrue();
		assertThat(Deadline.until(Instant.MAX).isExpired()).isFalse();
		assertThat(Deadline.until(Instant.MIN).isExpired()).isTrue();
	}

	@Test
	void earliestPrefersTheSoonerAndItselfWhenEqual() {
		Deadline sooner = Deadline.after(Duration.ofMillis(1), this.timer);
		Deadline later = Deadline.after(Duration.ofMillis(2), this.timer);
		Deadline equal = Deadline.after(Duration.ofMillis(1), this.timer);

		assertThat(sooner.earliest(later)).isSameAs(sooner);
		assertThat(later.earliest(sooner)).isSameAs(sooner);
		assertThat(sooner.earliest(equal)).isSameAs(sooner);
		assertThat(later.earliest(Deadline.none())).isSameAs(later);
		assertThat(Deadline.none().earliest(later)).isSameAs(later);
		assertThat(Deadline.none().earliest(Deadline.none())).isSameAs(Deadline.none());
	}

	@Test
	void earliestComparesDeadlinesOfDifferentTimersByWhatIsLeft() {
		Deadline manual = Deadline.after(Duration.ofSeconds(30), this.timer);
		Deadline shared = Deadline.after(Duration.ofSeconds(60));

		assertThat(manual.earliest(shared)).isSameAs(manual);
		assertThat(shared.earliest(manual)).isSameAs(manual);
	}

	@Test
	void argumentsAreChecked() {
		assertThatIllegalArgumentException().isThrownBy(() -> Deadline.after(nullValue()))
			.withMessage("'timeout' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> Deadline.until(nullValue()))
			.withMessage("'instant' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> Deadline.within(nullValue(), () -> 1))
			.withMessage("'timeout' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> DeadlineScope.of(nullValue(), Deadline.none()))
			.withMessage("'name' must not be null");
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" }) // as without null
																		// checks
	private static <T> T nullValue() {
		return null;
	}

}
