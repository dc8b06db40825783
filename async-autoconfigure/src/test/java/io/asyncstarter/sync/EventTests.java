package io.asyncstarter.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Event}.
 */
@Timeout(60)
class EventTests {

	private final Event event = new Event();

	@ParameterizedTest
	@EnumSource
	void setReleasesAllWhoWait(Party.Kind kind) throws Exception {
		List<Party<Boolean>> waiters = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			waiters.add(Party.blocked(kind, () -> {
				this.event.await();
				return this.event.isSet();
			}));
		}

		this.event.set();

		for (Party<Boolean> waiter : waiters) {
			assertThat(waiter.join()).isTrue();
		}
		this.event.await();
	}

	@Test
	void setReleasesThoseWhoWaitEvenIfItIsClearedAtOnce() throws Exception {
		Party<Boolean> waiter = Party.blocked(Party.Kind.PLATFORM, () -> this.event.await(Duration.ofDays(1)));

		this.event.set();
		this.event.clear();

		assertThat(waiter.join()).isTrue();
		assertThat(this.event.isSet()).isFalse();
	}

	// E07
	@Test
	void clearMakesThoseWaitWhoComeLater() throws Exception {
		this.event.set();
		this.event.set();
		this.event.clear();
		this.event.clear();

		assertThat(this.event.isSet()).isFalse();
		assertThat(this.event.await(Duration.ofMillis(1))).isFalse();
		assertThat(this.event.await(Duration.ZERO)).isFalse();
		assertThat(this.event).hasToString("Event[not set]");
		this.event.set();
		assertThat(this.event.await(Duration.ZERO)).isTrue();
		assertThat(this.event).hasToString("Event[set]");
	}

	// E07
	@ParameterizedTest
	@EnumSource
	void interruptedWaiterLeavesAndOthersStay(Party.Kind kind) throws Exception {
		Party<Boolean> first = Party.blocked(kind, () -> this.event.await(Duration.ofDays(1)));
		Party<Boolean> second = Party.blocked(kind, () -> this.event.await(Duration.ofDays(1)));

		first.interrupt();

		first.assertFailed(InterruptedException.class);
		assertThat(second.isDone()).isFalse();
		this.event.set();
		assertThat(second.join()).isTrue();
	}

	@Test
	void awaitWhenInterruptedFailsEvenIfSet() {
		this.event.set();
		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(this.event::await);
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void deadlineEndsTheWait() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.within(Duration.ofMillis(1), () -> this.event.await()));
	}

	@Test
	void noWakeUpIsLost() throws Exception {
		int rounds = 2000;
		int waiters = 3;
		CyclicBarrier round = new CyclicBarrier(waiters + 1);
		AtomicInteger released = new AtomicInteger();
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 0; i < waiters; i++) {
			parties.add(Party.start(() -> {
				for (int r = 0; r < rounds; r++) {
					round.await();
					this.event.await();
					released.incrementAndGet();
					round.await();
				}
				return null;
			}));
		}
		for (int r = 0; r < rounds; r++) {
			round.await();
			this.event.set();
			round.await();
			this.event.clear();
		}
		for (Party<Void> party : parties) {
			party.join();
		}

		assertThat(released).hasValue(rounds * waiters);
	}

}
