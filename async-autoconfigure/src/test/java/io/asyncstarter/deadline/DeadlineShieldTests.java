package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DeadlineShield}.
 */
@Timeout(60)
class DeadlineShieldTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@Test
	void callHidesTheDeadlinesAroundItAndGivesThemBack() {
		DeadlineScope outer = scope("outer", 10);
		outer.<RuntimeException>run(() -> {
			Deadline before = Deadline.current();

			Deadline inside = DeadlineShield.call(Deadline::current);

			assertThat(inside).isEqualTo(Deadline.none());
			assertThat(Deadline.current().remaining()).isEqualTo(before.remaining());
		});
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void callWhenSeveralScopesExpireMeanwhileTheOutermostAnswersAfterwards() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope("outer", 1).<InterruptedException>run(() -> scope("inner", 2).run(() -> {
				DeadlineShield.call(() -> {
					this.timer.advance(Duration.ofSeconds(3));
					assertThat(Thread.currentThread().isInterrupted()).isFalse();
					return "done";
				});
				this.timer.advance(Duration.ZERO);
				new CountDownLatch(1).await();
			})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void callWhenScopeHadExpiredBeforeKeepsItsInterruptForAfterwards() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> scope("outer", 1).<InterruptedException>run(() -> {
				this.timer.advance(Duration.ofSeconds(1));
				assertThat(Thread.currentThread().isInterrupted()).isTrue();

				boolean inside = DeadlineShield.call(() -> Thread.currentThread().isInterrupted());

				assertThat(inside).isFalse();
				new CountDownLatch(1).await();
			}));

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void callWhenScopeIsRescheduledMeanwhileLeavesItsNewDeadline() {
		DeadlineScope outer = scope("outer", 1);
		outer.<RuntimeException>run(() -> {
			DeadlineShield.call(() -> {
				outer.reschedule(Duration.ofSeconds(5));
				return "done";
			});

			assertThat(Deadline.current().remaining()).isEqualTo(Duration.ofSeconds(5));
		});
	}

	@Test
	void scopeInsideHasItsOwnDeadline() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope("outer", 10)
			.<InterruptedException>run(() -> DeadlineShield.call(() -> scope("own", 1).call((scope) -> {
				this.timer.advance(Duration.ofSeconds(1));
				new CountDownLatch(1).await();
				return "never";
			})))).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("own"));

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	private DeadlineScope scope(String name, int seconds) {
		return DeadlineScope.of(name, Deadline.after(Duration.ofSeconds(seconds), this.timer));
	}

}
