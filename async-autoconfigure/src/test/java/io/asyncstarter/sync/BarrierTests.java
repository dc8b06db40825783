package io.asyncstarter.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Barrier}.
 */
@Timeout(60)
class BarrierTests {

	private final Barrier barrier = new Barrier(3);

	// E25
	@ParameterizedTest
	@ValueSource(ints = { 0, -4 })
	void partiesBelowOneAreRefused(int parties) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(parties))
			.withMessage("'parties' must be at least 1 but was %d", parties);
	}

	// E25
	@Test
	void onePartyPassesAtOnceAndAgain() throws Exception {
		Barrier single = new Barrier(1);

		assertThat(single.await()).isZero();
		assertThat(single.await()).isZero();
		assertThat(single.getWaitingCount()).isZero();
		assertThat(single.isBroken()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void allPassWhenTheLastHasCome(Party.Kind kind) throws Exception {
		List<Party<Integer>> parties = waiting(kind, 2);
		assertThat(this.barrier.getWaitingCount()).isEqualTo(2);
		assertThat(this.barrier).hasToString("Barrier[2 of 3 waiting]");

		assertThat(this.barrier.await()).isEqualTo(2);

		assertThat(List.of(parties.get(0).join(), parties.get(1).join())).containsExactly(0, 1);
		assertThat(this.barrier.getWaitingCount()).isZero();
	}

	// E27
	@Test
	void earlyBirdsWaitUntilTheRoundHasLeft() throws Exception {
		int rounds = 500;
		int count = this.barrier.getParties();
		AtomicInteger[] arrivals = new AtomicInteger[rounds];
		for (int r = 0; r < rounds; r++) {
			arrivals[r] = new AtomicInteger();
		}
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			parties.add(Party.start(() -> {
				for (AtomicInteger arrival : arrivals) {
					arrival.incrementAndGet();
					this.barrier.await();
					assertThat(arrival).as("all have come").hasValue(count);
				}
				return null;
			}));
		}

		for (Party<Void> party : parties) {
			party.join();
		}
		assertThat(this.barrier.getWaitingCount()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void interruptedWaiterLeavesAndTheBarrierGoesOn(Party.Kind kind) throws Exception {
		List<Party<Integer>> parties = waiting(kind, 2);

		parties.get(0).interrupt();

		parties.get(0).assertFailed(InterruptedException.class);
		assertThat(this.barrier.isBroken()).isFalse();
		assertThat(this.barrier.getWaitingCount()).isOne();
		Party<Integer> instead = waiting(kind, 1).getFirst();
		this.barrier.await();
		parties.get(1).join();
		instead.join();
	}

	@Test
	void interruptThatRacesWithTheLastPartyIsNeitherLostNorSplitsTheRound() throws Exception {
		Barrier pair = new Barrier(2);
		for (int i = 0; i < 2000; i++) {
			CountDownLatch go = new CountDownLatch(1);
			Party<Boolean> first = Party.start(() -> {
				try {
					pair.await();
					return Thread.interrupted();
				}
				catch (InterruptedException ex) {
					return null;
				}
			});
			Party<Void> interrupter = Party.start(() -> {
				go.await();
				first.interrupt();
				return null;
			});
			Party<Integer> second = Party.start(() -> {
				go.await();
				return pair.await();
			});
			go.countDown();
			interrupter.join();

			if (first.join() == null) {
				pair.await();
			}
			second.join();
			assertThat(pair.getWaitingCount()).isZero();
		}
	}

	// E29
	@Test
	void resetSendsWaitersAwayAndStartsAnew() throws Exception {
		List<Party<Integer>> parties = waiting(Party.Kind.VIRTUAL, 2);

		this.barrier.reset();
		assertThat(this.barrier.isBroken()).isFalse();

		for (Party<Integer> party : parties) {
			party.assertFailed(BrokenBarrierException.class);
		}
		assertRoundPasses();
	}

	// E29
	@Test
	void resetWithNobodyWaitingChangesNothing() throws Exception {
		this.barrier.reset();

		assertThat(this.barrier.isBroken()).isFalse();
		assertRoundPasses();
	}

	// E29: some of those who were sent away wait again at once
	@Test
	void thoseSentAwayMayWaitAgain() throws Exception {
		Callable<Integer> stubborn = () -> {
			try {
				return this.barrier.await();
			}
			catch (BrokenBarrierException ex) {
				return this.barrier.await();
			}
		};
		List<Party<Integer>> parties = List.of(Party.blocked(Party.Kind.VIRTUAL, stubborn),
				Party.blocked(Party.Kind.VIRTUAL, stubborn));

		this.barrier.reset();
		assertThat(this.barrier.await()).isNotNegative();

		for (Party<Integer> party : parties) {
			party.join();
		}
	}

	// E31
	@Test
	void abortSendsEverybodyAwayUntilReset() throws Exception {
		List<Party<Integer>> parties = waiting(Party.Kind.PLATFORM, 2);

		this.barrier.abort();

		for (Party<Integer> party : parties) {
			party.assertFailed(BrokenBarrierException.class);
		}
		assertThat(this.barrier.isBroken()).isTrue();
		assertThat(this.barrier.getWaitingCount()).isZero();
		assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(this.barrier::await)
			.withMessage("Barrier was aborted");
		assertThat(this.barrier).hasToString("Barrier[0 of 3 waiting, broken]");
		this.barrier.reset();
		assertThat(this.barrier.isBroken()).isFalse();
		assertRoundPasses();
	}

	// E31: a participant fails where the others wait for it
	@Test
	void abortByAFailingPartyLeavesNobodyWaiting() throws Exception {
		List<Party<Integer>> parties = waiting(Party.Kind.VIRTUAL, 2);
		Party<Integer> failing = Party.start(() -> {
			try {
				throw new IllegalStateException("failed");
			}
			finally {
				this.barrier.abort();
			}
		});

		failing.assertFailed(IllegalStateException.class);
		for (Party<Integer> party : parties) {
			party.assertFailed(BrokenBarrierException.class);
		}
	}

	private void assertRoundPasses() throws Exception {
		List<Party<Integer>> parties = waiting(Party.Kind.VIRTUAL, 2);
		this.barrier.await();
		for (Party<Integer> party : parties) {
			party.join();
		}
	}

	private List<Party<Integer>> waiting(Party.Kind kind, int count) {
		List<Party<Integer>> parties = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int before = this.barrier.getWaitingCount();
			parties.add(Party.start(kind, this.barrier::await));
			Party.until(() -> this.barrier.getWaitingCount() == before + 1);
		}
		return parties;
	}

}
