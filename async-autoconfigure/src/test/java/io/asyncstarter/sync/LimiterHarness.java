package io.asyncstarter.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.asyncstarter.sync.LimiterWaiter.Answer;

/**
 * The {@link LimiterPlaces} of three threads under their lock, with the methods of
 * {@link LimiterModel}. The threads are never started.
 */
class LimiterHarness {

	static final int THREADS = 3;

	private final ReentrantLock lock = new ReentrantLock();

	private final LimiterPlaces places = new LimiterPlaces(1);

	private final List<LimiterWaiter> waiters = new ArrayList<>();

	LimiterHarness() {
		for (int i = 0; i < THREADS; i++) {
			this.waiters.add(answered(Thread.ofPlatform().unstarted(() -> {
			})));
		}
	}

	private LimiterWaiter answered(Thread thread) {
		LimiterWaiter waiter = new LimiterWaiter(this.places.holding(thread), true, this.lock.newCondition());
		waiter.answer = Answer.DEADLOCK;
		return waiter;
	}

	private boolean isInLine(int thread) {
		return this.waiters.get(thread).answer == Answer.WAIT;
	}

	String enter(int thread) {
		return locked(() -> {
			if (isInLine(thread)) {
				return "in line";
			}
			LimiterWaiter waiter = answered(this.waiters.get(thread).holding.thread);
			waiter.answer = this.places.enterOrStandInLine(waiter);
			this.waiters.set(thread, waiter);
			return waiter.answer.name();
		});
	}

	String tryEnter(int thread) {
		return locked(() -> {
			if (isInLine(thread)) {
				return "in line";
			}
			return String.valueOf(this.places.tryEnter(this.places.holding(this.waiters.get(thread).holding.thread)));
		});
	}

	boolean leave(int thread) {
		return locked(() -> {
			Holding holding = this.places.holding(this.waiters.get(thread).holding.thread);
			boolean may = !isInLine(thread) && holding.permits > 0;
			if (may) {
				this.places.leave(holding);
			}
			return may;
		});
	}

	boolean withdraw(int thread) {
		return locked(() -> {
			LimiterWaiter waiter = this.waiters.get(thread);
			boolean withdrawn = this.places.withdraw(waiter);
			if (withdrawn) {
				waiter.answer = Answer.DEADLOCK;
			}
			return withdrawn;
		});
	}

	void limit(int limit) {
		locked(() -> {
			this.places.limit(limit);
			return limit;
		});
	}

	int taken() {
		return locked(this.places::taken);
	}

	String figures() {
		return locked(() -> "%d taken, %d waiting, %d holders".formatted(this.places.taken(), this.places.waiting(),
				this.places.holders().size()));
	}

	private <T> T locked(Supplier<T> operation) {
		this.lock.lock();
		try {
			return operation.get();
		}
		finally {
			this.lock.unlock();
		}
	}

}
