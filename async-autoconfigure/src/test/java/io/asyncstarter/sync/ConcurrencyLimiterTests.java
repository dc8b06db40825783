package io.asyncstarter.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.sync.ConcurrencyLimiter.Permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ConcurrencyLimiter}.
 */
@Timeout(60)
@SuppressWarnings("try") // permits are held, not used
class ConcurrencyLimiterTests {

	private static final Duration LONG = Duration.ofDays(1);

	private final ConcurrencyLimiter limiter = new ConcurrencyLimiter("db", 1);

	@AfterEach
	void everythingIsGivenBack() {
		assertThat(this.limiter.getTakenCount()).isZero();
		assertThat(this.limiter.getWaitingCount()).isZero();
		assertThat(this.limiter.getHolders()).isEmpty();
		assertThat(Thread.interrupted()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void limitBelowOneIsRefused(int limit) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ConcurrencyLimiter("db", limit))
			.withMessage("'limit' must be at least 1 but was %d", limit);
		assertThatIllegalArgumentException().isThrownBy(() -> this.limiter.setLimit(limit));
	}

	@Test
	void permitIsGivenBackOnClose() throws Exception {
		try (Permit permit = this.limiter.acquire()) {
			assertThat(this.limiter.getTakenCount()).isOne();
			assertThat(this.limiter.getHolders()).containsExactly(Thread.currentThread());
			assertThat(this.limiter.tryAcquire()).isNull();
			assertThat(this.limiter).hasToString("Limiter 'db': 1 of 1 taken, 0 waiting");
			permit.close();
			assertThat(this.limiter.getTakenCount()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void permitsAreGivenInTheOrderOfArrival(Party.Kind kind) throws Exception {
		List<Integer> order = new CopyOnWriteArrayList<>();
		List<Party<Void>> parties = new ArrayList<>();
		try (Permit permit = this.limiter.acquire()) {
			for (int i = 0; i < 5; i++) {
				int number = i;
				parties.add(waiting(kind, () -> order.add(number)));
			}
			permit.close();
			try (Permit next = this.limiter.acquire()) {
				order.add(5);
			}
		}

		for (Party<Void> party : parties) {
			party.join();
		}
		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
	}

	// X13
	@Test
	void newcomerDoesNotTakeThePermitOfOneJustLetIn() throws Exception {
		Permit permit = this.limiter.acquire();
		AtomicBoolean entered = new AtomicBoolean();
		Party<Void> waiter = waiting(Party.Kind.VIRTUAL, () -> entered.set(true));
		permit.close();

		Permit stolen = this.limiter.tryAcquire();
		if (stolen != null) {
			assertThat(entered).as("the permit is free because the waiter has been in").isTrue();
			stolen.close();
		}
		waiter.join();
	}

	// E19, E21
	@ParameterizedTest
	@EnumSource
	void interruptedWaiterLeavesTheLine(Party.Kind kind) throws Exception {
		Permit permit = this.limiter.acquire();
		Party<Void> first = waiting(kind, () -> {
		});
		Party<Void> second = waiting(kind, () -> {
		});

		first.interrupt();
		first.assertFailed(InterruptedException.class);
		assertThat(this.limiter.getWaitingCount()).isOne();
		permit.close();

		second.join();
	}

	@Test
	void acquireWhenInterruptedTakesNothing() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(this.limiter::acquire);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.limiter.tryAcquire(LONG));
	}

	@Test
	void waitEndsAfterItsTime() throws Exception {
		try (Permit permit = this.limiter.acquire()) {
			Party<Permit> waiter = Party.start(() -> this.limiter.tryAcquire(Duration.ofMillis(1)));

			assertThat(waiter.join()).isNull();
			assertThat(this.limiter.tryAcquire(Duration.ZERO)).isNull();
			assertThat(this.limiter.getWaitingCount()).isZero();
		}
	}

	@Test
	void deadlineEndsTheWait() throws Exception {
		try (Permit permit = this.limiter.acquire()) {
			Party<Permit> waiter = Party
				.start(() -> Deadline.within(Duration.ofMillis(1), () -> this.limiter.acquire()));

			waiter.assertFailed(DeadlineExceededException.class);
		}
	}

	@Test
	void higherLimitLetsWaitingOnesInAtOnce() throws Exception {
		Event leave = new Event();
		Permit permit = this.limiter.acquire();
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			parties.add(waiting(Party.Kind.VIRTUAL, leave::await));
		}

		this.limiter.setLimit(3);
		Party.until(() -> this.limiter.getTakenCount() == 3);
		assertThat(this.limiter.getWaitingCount()).isOne();
		permit.close();
		leave.set();

		for (Party<Void> party : parties) {
			party.join();
		}
	}

	@Test
	void lowerLimitLetsThoseInsideEnd() throws Exception {
		this.limiter.setLimit(3);
		Permit first = this.limiter.acquire();
		Permit second = this.limiter.acquire();
		Permit third = this.limiter.acquire();
		this.limiter.setLimit(1);
		Party<Void> waiter = waiting(Party.Kind.VIRTUAL, () -> {
		});

		assertThat(this.limiter.getTakenCount()).isEqualTo(3);
		first.close();
		second.close();
		assertThat(this.limiter.getWaitingCount()).as("one of one is still in").isOne();
		third.close();

		waiter.join();
	}

	@Test
	void threadThatWouldWaitForItselfIsTold() throws Exception {
		this.limiter.setLimit(2);
		try (Permit first = this.limiter.acquire(); Permit second = this.limiter.acquire()) {
			assertThat(this.limiter.tryAcquire()).isNull();
			assertThatIllegalStateException().isThrownBy(this.limiter::acquire)
				.withMessage("Thread '%s' would wait for ever for a permit of limiter 'db': it has 2 of 2 itself, and "
						+ "the others belong to threads that wait likewise. Take one permit for the whole work, or raise "
						+ "the limit", Thread.currentThread().getName());
			assertThatIllegalStateException().isThrownBy(() -> this.limiter.tryAcquire(LONG));
		}
	}

	@Test
	void lastOfACircleIsTold() throws Exception {
		this.limiter.setLimit(2);
		Event ask = new Event();
		Party<Void> first = holderThatAsksAgain(ask);
		try (Permit permit = this.limiter.acquire()) {
			ask.set();
			first.awaitBlocked();
			Party.until(() -> this.limiter.getWaitingCount() == 1);

			assertThatIllegalStateException().isThrownBy(this.limiter::acquire).withMessageContaining("1 of 2");
			assertThat(first.isDone()).isFalse();
		}

		first.join();
	}

	@Test
	void lowerLimitThatClosesACircleIsTold() throws Exception {
		this.limiter.setLimit(2);
		Event ask = new Event();
		Party<Void> holder = holderThatAsksAgain(ask);
		try (Permit permit = this.limiter.acquire()) {
			ask.set();
			Party.until(() -> this.limiter.getWaitingCount() == 1);

			this.limiter.setLimit(1);

			holder.assertFailed(IllegalStateException.class);
		}
	}

	@Test
	void waitThatHasAnEndIsNoPartOfACircle() throws Exception {
		this.limiter.setLimit(2);
		Event ask = new Event();
		Party<Permit> impatient = Party.start(() -> {
			try (Permit permit = this.limiter.acquire()) {
				ask.await();
				return this.limiter.tryAcquire(Duration.ofMillis(200));
			}
		});
		Party.until(() -> this.limiter.getTakenCount() == 1);
		try (Permit permit = this.limiter.acquire()) {
			ask.set();
			Party.until(() -> this.limiter.getWaitingCount() == 1 || impatient.isDone());

			this.limiter.acquire().close();
		}
		assertThat(impatient.join()).isNull();
	}

	// E23
	@Test
	void onlyTheHolderGivesBack() throws Exception {
		try (Permit permit = this.limiter.acquire()) {
			Party<Void> other = Party.start(() -> {
				Thread.currentThread().setName("other");
				permit.close();
				return null;
			});

			other.assertFailed(IllegalStateException.class);
			assertThat(this.limiter.getTakenCount()).isOne();
			assertThat(other.task().exceptionNow()).hasMessage(
					"Permit of limiter 'db' belongs to thread '%s' and " + "cannot be given back by thread 'other'",
					Thread.currentThread().getName());
		}
	}

	@ParameterizedTest
	@EnumSource
	void permitsAddUpWhateverHappens(Party.Kind kind) throws Exception {
		int threads = 8;
		AtomicBoolean stop = new AtomicBoolean();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger passed = new AtomicInteger();
		this.limiter.setLimit(3);
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			boolean patient = i % 2 == 0;
			parties.add(Party.start(kind, () -> {
				while (!stop.get()) {
					try (Permit permit = (patient) ? this.limiter.acquire() : this.limiter
						.tryAcquire(Duration.ofNanos(ThreadLocalRandom.current().nextInt(1, 50_000)))) {
						if (permit != null) {
							most.accumulateAndGet(inside.incrementAndGet(), Math::max);
							Thread.onSpinWait();
							inside.decrementAndGet();
							passed.incrementAndGet();
						}
					}
					catch (InterruptedException ex) {
						// comes from the test; go on
					}
				}
				return null;
			}));
		}
		for (int round = 0; round < 2000 || passed.get() < 2000; round++) {
			parties.get(round % threads).interrupt();
			this.limiter.setLimit(1 + round % 3);
			Thread.onSpinWait();
		}
		stop.set(true);
		for (Party<Void> party : parties) {
			party.join();
		}

		assertThat(most.get()).isBetween(1, 3);
	}

	private Party<Void> holderThatAsksAgain(Event ask) {
		Party<Void> holder = Party.start(() -> {
			try (Permit permit = this.limiter.acquire()) {
				ask.await();
				this.limiter.acquire().close();
				return null;
			}
		});
		Party.until(() -> this.limiter.getTakenCount() == 1);
		return holder;
	}

	private Party<Void> waiting(Party.Kind kind, Work inside) {
		int before = this.limiter.getWaitingCount();
		Party<Void> party = Party.start(kind, () -> {
			try (Permit permit = this.limiter.acquire()) {
				inside.run();
				return null;
			}
		});
		Party.until(() -> this.limiter.getWaitingCount() == before + 1);
		return party;
	}

	/**
	 * What a party does with its permit.
	 */
	@FunctionalInterface
	private interface Work {

		void run() throws InterruptedException;

	}

}
