package io.asyncstarter.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the JDK's locks, conditions and semaphores behave as those of asyncio do, so
 * that nothing of ours has to stand in their place.
 */
@Timeout(60)
class JdkSynchronisationTests {

	private final ReentrantLock lock = new ReentrantLock(true);

	private final Condition changed = this.lock.newCondition();

	@AfterEach
	void lockIsFree() {
		Party.until(() -> !this.lock.isLocked());
		assertThat(this.lock.hasQueuedThreads()).isFalse();
	}

	// E01
	@ParameterizedTest
	@EnumSource
	void lockIsHandedOverInTheOrderOfArrival(Party.Kind kind) throws Exception {
		List<Integer> order = new CopyOnWriteArrayList<>();
		List<Party<Void>> parties = new ArrayList<>();
		this.lock.lock();
		try {
			for (int i = 1; i <= 3; i++) {
				int number = i;
				parties.add(waitingForLock(kind, () -> order.add(number)));
			}
		}
		finally {
			this.lock.unlock();
		}

		for (Party<Void> party : parties) {
			party.join();
		}
		assertThat(order).containsExactly(1, 2, 3);
	}

	// E03
	@Test
	void lockGoesToTheNextWhenAWaiterIsCancelledMeanwhile() throws Exception {
		for (int i = 0; i < 100; i++) {
			List<Party<Void>> waiters = new ArrayList<>();
			this.lock.lock();
			try {
				for (int w = 0; w < 2; w++) {
					waiters.add(waitingForLock(Party.Kind.VIRTUAL, () -> {
					}));
				}
				waiters.getFirst().interrupt();
			}
			finally {
				this.lock.unlock();
			}

			waiters.getLast().join();
			Party.until(waiters.getFirst()::isDone);
		}
	}

	// E05
	@Test
	void unlockWhenNotHeldIsRefused() {
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.lock::unlock);
	}

	// E09
	@ParameterizedTest
	@EnumSource
	void conditionWakesInTheOrderOfArrival(Party.Kind kind) throws Exception {
		List<Integer> order = new CopyOnWriteArrayList<>();
		List<Party<Void>> parties = new ArrayList<>();
		for (int i = 1; i <= 3; i++) {
			int number = i;
			parties.add(waitingForChange(kind, () -> order.add(number)));
		}

		signal(1);
		parties.get(0).join();
		assertThat(order).containsExactly(1);
		signal(2048);
		parties.get(1).join();
		parties.get(2).join();

		assertThat(order).containsExactly(1, 2, 3);
	}

	// E11: the wait has succeeded, and the cancellation is in the flag
	@Test
	void cancellationAfterTheSignalLeavesTheLockConsistent() throws Exception {
		List<Boolean> interrupted = new CopyOnWriteArrayList<>();
		Party<Void> waiter = waitingForChange(Party.Kind.PLATFORM, () -> interrupted.add(Thread.interrupted()));
		this.lock.lock();
		try {
			this.changed.signal();
			waiter.interrupt();
		}
		finally {
			this.lock.unlock();
		}

		waiter.join();
		assertThat(interrupted).containsExactly(true);
	}

	// E13
	@Test
	void conditionIsWaitedForInALoop() throws Exception {
		AtomicInteger value = new AtomicInteger();
		Party<Integer> waiter = Party.start(() -> {
			this.lock.lock();
			try {
				while (value.get() == 0) {
					this.changed.await();
				}
				return value.get();
			}
			finally {
				this.lock.unlock();
			}
		});
		Party.until(() -> conditionWaiters() == 1);
		signal(1);
		Party.until(() -> conditionWaiters() == 1);
		value.set(7);
		signal(1);

		assertThat(waiter.join()).isEqualTo(7);
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.changed::await);
	}

	// E15
	@Test
	void signalOfACancelledWaiterGoesToTheOther() throws Exception {
		for (int i = 0; i < 200; i++) {
			Queue<Integer> items = new ArrayDeque<>();
			Party<Integer> cancelled = consumer(items);
			Party.until(() -> conditionWaiters() == 1);
			Party<Integer> other = consumer(items);
			Party.until(() -> conditionWaiters() == 2);

			Party<Void> interrupter = Party.start(() -> {
				cancelled.interrupt();
				return null;
			});
			this.lock.lock();
			try {
				items.add(i);
				this.changed.signal();
			}
			finally {
				this.lock.unlock();
			}
			interrupter.join();

			if (isSuccessful(cancelled)) {
				other.interrupt();
			}
			else {
				assertThat(other.join()).isEqualTo(i);
			}
			Party.until(other::isDone);
		}
	}

	// E17
	@Test
	void semaphoreOfZeroPermitsIsTaken() {
		assertThat(new Semaphore(0, true).tryAcquire()).isFalse();
	}

	// E19, E21
	@ParameterizedTest
	@EnumSource
	void cancelledWaiterOfASemaphoreIsPassedOver(Party.Kind kind) throws Exception {
		Semaphore semaphore = new Semaphore(0, true);
		Party<Void> first = waitingFor(semaphore, kind);
		Party<Void> second = waitingFor(semaphore, kind);

		first.interrupt();
		first.assertFailed(InterruptedException.class);
		assertThat(semaphore.getQueueLength()).isOne();
		semaphore.release();

		second.join();
		assertThat(semaphore.availablePermits()).isZero();
	}

	private static boolean isSuccessful(Party<Integer> party) {
		Party.until(party::isDone);
		return party.task().state() == Future.State.SUCCESS;
	}

	private Party<Integer> consumer(Queue<Integer> items) {
		return Party.start(() -> {
			this.lock.lockInterruptibly();
			try {
				while (items.isEmpty()) {
					this.changed.await();
				}
				return items.remove();
			}
			finally {
				this.lock.unlock();
			}
		});
	}

	private Party<Void> waitingFor(Semaphore semaphore, Party.Kind kind) {
		int before = semaphore.getQueueLength();
		Party<Void> party = Party.start(kind, () -> {
			semaphore.acquire();
			return null;
		});
		Party.until(() -> semaphore.getQueueLength() == before + 1);
		return party;
	}

	private Party<Void> waitingForLock(Party.Kind kind, Runnable inside) {
		int before = this.lock.getQueueLength();
		Party<Void> party = Party.start(kind, () -> {
			this.lock.lockInterruptibly();
			try {
				inside.run();
				return null;
			}
			finally {
				this.lock.unlock();
			}
		});
		Party.until(() -> this.lock.getQueueLength() == before + 1);
		return party;
	}

	private Party<Void> waitingForChange(Party.Kind kind, Runnable inside) {
		int before = conditionWaiters();
		Party<Void> party = Party.start(kind, () -> {
			this.lock.lock();
			try {
				this.changed.await();
				assertThat(this.lock.isHeldByCurrentThread()).isTrue();
				inside.run();
				return null;
			}
			finally {
				this.lock.unlock();
			}
		});
		Party.until(() -> conditionWaiters() == before + 1);
		return party;
	}

	private int conditionWaiters() {
		this.lock.lock();
		try {
			return this.lock.getWaitQueueLength(this.changed);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void signal(int times) {
		this.lock.lock();
		try {
			for (int i = 0; i < times; i++) {
				this.changed.signal();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
