package io.asyncstarter.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.sync.ConcurrencyLimiter.Permit;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What asyncio's own tests say of events, conditions, semaphores and barriers and no
 * other test here does. Names in comments are those of the tests.
 */
@NoLeaks
@Timeout(60)
class SyncMoreConformanceTests {

	private static final int PARTIES = 5;

	private final Barrier barrier = new Barrier(PARTIES);

	private final ReentrantLock lock = new ReentrantLock(true);

	private final Condition changed = this.lock.newCondition();

	@Test // Event clear_with_waiters
	void eventThatIsSetClearedAndSetAgainReleasesItsWaiterOnce() throws Exception {
		Event event = new Event();
		AtomicInteger released = new AtomicInteger();
		Party<Void> waiter = Party.blocked(Party.Kind.VIRTUAL, () -> {
			event.await();
			released.incrementAndGet();
			return null;
		});

		event.set();
		event.clear();
		assertThat(event.isSet()).isFalse();
		event.set();
		event.set();

		waiter.join();
		assertThat(released).hasValue(1);
		assertThat(event.isSet()).isTrue();
	}

	@Test // Condition wait_cancel, cancelled_error_wakeup
	void cancelledWaitOfAConditionHasTheLockBackAndThrowsTheInterrupt() throws Exception {
		AtomicBoolean held = new AtomicBoolean();
		Party<Void> waiter = Party.blocked(Party.Kind.VIRTUAL, () -> {
			this.lock.lock();
			try {
				this.changed.await();
				return null;
			}
			finally {
				held.set(this.lock.isHeldByCurrentThread());
				this.lock.unlock();
			}
		});

		waiter.interrupt();

		waiter.assertFailed(InterruptedException.class);
		assertThat(held).isTrue();
		assertThat(this.lock.isLocked()).isFalse();
	}

	@Test // Condition wait_unacquired, notify_unacquired, notify_all_unacquired
	void conditionWithoutItsLockIsRefused() {
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.changed::await);
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.changed::signal);
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.changed::signalAll);
	}

	@Test // Condition timeout_in_block
	void deadlineEndsTheWaitOfAConditionAndTheLockIsHeldAfterwards() {
		this.lock.lock();
		try {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> Deadline.within(Duration.ofMillis(1), () -> this.changed.await()));
			assertThat(this.lock.isHeldByCurrentThread()).isTrue();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Test // Semaphore acquire
	void limiterOfThreeLetsThreeInAndEachReleaseOneMore() throws Exception {
		ConcurrencyLimiter limiter = new ConcurrencyLimiter("test", 3);
		Event leave = new Event();
		AtomicInteger inside = new AtomicInteger();
		Permit first = limiter.acquire();
		Permit second = limiter.acquire();
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			parties.add(Party.start(() -> {
				try (Permit permit = limiter.acquire()) {
					assertThat(permit).isNotNull();
					inside.incrementAndGet();
					leave.await();
					return null;
				}
			}));
		}
		Party.until(() -> limiter.getWaitingCount() == 3 && inside.get() == 1);

		first.close();
		second.close();

		Party.until(() -> inside.get() == 3);
		assertThat(limiter.getTakenCount()).isEqualTo(3);
		assertThat(limiter.getWaitingCount()).isOne();
		leave.set();
		for (Party<Void> party : parties) {
			party.join();
		}
		assertStartingState(limiter);
	}

	@ParameterizedTest // Semaphore acquire_cancel_before_awoken, acquire_fifo_order_3
	@EnumSource
	void whenTheFirstTwoInLineAreCancelledTheThirdGetsThePermit(Party.Kind kind) throws Exception {
		ConcurrencyLimiter limiter = new ConcurrencyLimiter("test", 1);
		List<Integer> order = new CopyOnWriteArrayList<>();
		Permit permit = limiter.acquire();
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 1; i <= 4; i++) {
			int number = i;
			parties.add(waiting(limiter, kind, () -> order.add(number)));
		}

		parties.get(0).interrupt();
		parties.get(1).interrupt();
		permit.close();

		parties.get(0).assertFailed(InterruptedException.class);
		parties.get(1).assertFailed(InterruptedException.class);
		parties.get(2).join();
		parties.get(3).join();
		assertThat(order).containsExactly(3, 4);
		assertStartingState(limiter);
	}

	@Test // Semaphore acquire_no_hang
	void whenAWaiterIsCancelledAsItIsLetInThePermitIsNotLost() throws Exception {
		ConcurrencyLimiter limiter = new ConcurrencyLimiter("test", 1);
		for (int round = 0; round < 500; round++) {
			Permit permit = limiter.acquire();
			Party<Void> waiter = waiting(limiter, Party.Kind.VIRTUAL, () -> {
			});

			permit.close();
			waiter.interrupt();

			Party.until(waiter::isDone);
			assertThat(waiter.task().state()).isIn(Future.State.SUCCESS, Future.State.FAILED);
			assertStartingState(limiter);
		}
	}

	@Test // Semaphore acquire_fifo_order, acquire_fifo_order_2
	void whoComesAgainStandsAtTheEndOfTheLine() throws Exception {
		ConcurrencyLimiter limiter = new ConcurrencyLimiter("test", 1);
		List<String> order = new CopyOnWriteArrayList<>();
		List<Party<Void>> parties = new ArrayList<>();
		Permit permit = limiter.acquire();
		for (int i = 1; i <= 3; i++) {
			int number = i;
			int before = limiter.getWaitingCount();
			parties.add(Party.start(() -> {
				try (Permit first = limiter.acquire()) {
					order.add("c%d_1".formatted(number));
					assertThat(first).isNotNull();
				}
				try (Permit second = limiter.acquire()) {
					assertThat(second).isNotNull();
					order.add("c%d_2".formatted(number));
				}
				return null;
			}));
			Party.until(() -> limiter.getWaitingCount() == before + 1);
		}

		permit.close();

		for (Party<Void> party : parties) {
			party.join();
		}
		assertThat(order.subList(0, 3)).containsExactly("c1_1", "c2_1", "c3_1");
		assertThat(order.subList(3, 6)).containsExactlyInAnyOrder("c1_2", "c2_2", "c3_2");
		assertStartingState(limiter);
	}

	@Test // Barrier filling_task_by_task, filling_tasks_check_return_value
	void eachRoundOfABarrierFillsOneByOneAndGivesEachPlaceOnce() throws Exception {
		for (int round = 0; round < 2; round++) {
			List<Party<Integer>> parties = waiting(PARTIES - 1, this.barrier::await);
			List<Integer> places = new ArrayList<>();
			places.add(this.barrier.await());
			for (Party<Integer> party : parties) {
				places.add(party.join());
			}

			assertThat(places).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
			assertStartingState();
		}
	}

	@Test // Barrier reset_barrier_when_tasks_half_draining(_half_blocking),
			// ..._while_tasks_draining
	void barrierThatIsResetWhileARoundLeavesIsAsNewAfterwards() throws Exception {
		for (int round = 0; round < 100; round++) {
			AtomicInteger passed = new AtomicInteger();
			AtomicInteger sentAway = new AtomicInteger();
			AtomicBoolean reset = new AtomicBoolean();
			List<Party<Void>> parties = new ArrayList<>();
			for (int i = 0; i < PARTIES; i++) {
				parties.add(Party.start(() -> {
					try {
						this.barrier.await();
						passed.incrementAndGet();
						if (reset.compareAndSet(false, true)) {
							this.barrier.reset();
						}
					}
					catch (BrokenBarrierException ex) {
						sentAway.incrementAndGet();
					}
					return null;
				}));
			}
			for (Party<Void> party : parties) {
				party.join();
			}

			assertThat(passed.get()).isPositive();
			assertThat(passed.get() + sentAway.get()).isEqualTo(PARTIES);
			assertStartingState();
			assertRoundPasses();
		}
	}

	@Test // Barrier abort_barrier, abort_barrier_when_tasks_half_draining_half_blocking
	void barrierThatIsAbortedWhileARoundLeavesSendsEverybodyElseAway() throws Exception {
		for (int round = 0; round < 100; round++) {
			AtomicInteger passed = new AtomicInteger();
			AtomicInteger sentAway = new AtomicInteger();
			AtomicBoolean aborted = new AtomicBoolean();
			List<Party<Void>> parties = new ArrayList<>();
			for (int i = 0; i < PARTIES; i++) {
				parties.add(Party.start(() -> {
					try {
						this.barrier.await();
						passed.incrementAndGet();
						if (aborted.compareAndSet(false, true)) {
							this.barrier.abort();
						}
						else {
							this.barrier.await();
						}
					}
					catch (BrokenBarrierException ex) {
						sentAway.incrementAndGet();
					}
					return null;
				}));
			}
			for (Party<Void> party : parties) {
				party.join();
			}

			assertThat(sentAway).hasValue(PARTIES - 1);
			assertThat(passed.get()).isPositive();
			assertThat(this.barrier.isBroken()).isTrue();
			assertThat(this.barrier.getWaitingCount()).isZero();
			this.barrier.reset();
			assertRoundPasses();
		}
	}

	@Test // Barrier abort_barrier_when_exception_then_resetting
	void barrierWhosePartyFailedIsUsedAgainAfterAReset() throws Exception {
		Barrier other = new Barrier(PARTIES);
		AtomicInteger sentAway = new AtomicInteger();
		List<Party<Integer>> parties = new ArrayList<>();
		for (int i = 0; i < PARTIES; i++) {
			parties.add(Party.start(() -> {
				try {
					if (this.barrier.await() == PARTIES / 2) {
						throw new IllegalStateException("failed");
					}
					this.barrier.await();
				}
				catch (BrokenBarrierException ex) {
					sentAway.incrementAndGet();
				}
				catch (IllegalStateException ex) {
					this.barrier.abort();
				}
				if (other.await() == PARTIES / 2) {
					this.barrier.reset();
				}
				other.await();
				return this.barrier.await();
			}));
		}

		List<Integer> places = new ArrayList<>();
		for (Party<Integer> party : parties) {
			places.add(party.join());
		}
		assertThat(places).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
		assertThat(sentAway).hasValue(PARTIES - 1);
		assertStartingState();
	}

	private void assertRoundPasses() throws Exception {
		List<Party<Integer>> parties = waiting(PARTIES - 1, this.barrier::await);
		this.barrier.await();
		for (Party<Integer> party : parties) {
			party.join();
		}
		assertStartingState();
	}

	private List<Party<Integer>> waiting(int count, Callable<Integer> work) {
		List<Party<Integer>> parties = new ArrayList<>();
		for (int i = 1; i <= count; i++) {
			int waiting = i;
			parties.add(Party.start(work));
			Party.until(() -> this.barrier.getWaitingCount() == waiting);
		}
		return parties;
	}

	private static Party<Void> waiting(ConcurrencyLimiter limiter, Party.Kind kind, Runnable inside) {
		int before = limiter.getWaitingCount();
		Party<Void> party = Party.start(kind, () -> {
			try (Permit permit = limiter.acquire()) {
				assertThat(permit).isNotNull();
				inside.run();
				return null;
			}
		});
		Party.until(() -> limiter.getWaitingCount() == before + 1);
		return party;
	}

	private void assertStartingState() {
		assertThat(this.barrier.getWaitingCount()).isZero();
		assertThat(this.barrier.isBroken()).isFalse();
	}

	private static void assertStartingState(ConcurrencyLimiter limiter) {
		assertThat(limiter.getTakenCount()).isZero();
		assertThat(limiter.getWaitingCount()).isZero();
		assertThat(limiter.getHolders()).isEmpty();
	}

}
