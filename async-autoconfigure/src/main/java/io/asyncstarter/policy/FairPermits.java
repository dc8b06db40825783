package io.asyncstarter.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;

/**
 * Counts who is in, up to a limit. Safe for use by multiple threads.
 */
final class FairPermits implements Gate {

	/*
	 * Invariants. (1) 'state' holds how many are in (low half) and how many wait (high
	 * half). (2) While nobody waits, it changes by compare-and-set without the lock;
	 * while somebody waits, only by holders of the lock. (3) Somebody waits only while as
	 * many are in as may be: a permit that is given back goes to the first in line, and
	 * who comes later cannot overtake. (4) Waiters are told after the lock was released.
	 */

	private static final long ONE_WAITING = 1L << 32;

	private final AtomicLong state = new AtomicLong();

	private final BriefLock lock = new BriefLock();

	private final WaitQueue queue = new WaitQueue();

	private volatile int limit;

	FairPermits(int limit) {
		this.limit = limit;
	}

	int limit() {
		return this.limit;
	}

	int inside() {
		return (int) this.state.get();
	}

	int waiting() {
		return (int) (this.state.get() >>> 32);
	}

	void limit(int limit) {
		List<Waiter> admitted = new ArrayList<>();
		this.lock.acquire();
		try {
			this.limit = limit;
			while (this.queue.size() > 0 && inside() < limit) {
				this.state.addAndGet(1 - ONE_WAITING);
				admitted.add(pollFirst());
			}
		}
		finally {
			this.lock.release();
		}
		admitted.forEach(Waiter::granted);
	}

	@Override
	public boolean tryEnter() {
		while (true) {
			long current = this.state.get();
			// With anybody waiting, the number is larger than any limit.
			if (current >= this.limit) {
				return false;
			}
			if (this.state.compareAndSet(current, current + 1)) {
				return true;
			}
		}
	}

	@Override
	public Answer enter(Waiter waiter, long maxWaitNanos) {
		if (tryEnter()) {
			return Answer.ENTERED;
		}
		if (maxWaitNanos <= 0) {
			return Answer.REFUSED;
		}
		this.lock.acquire();
		try {
			while (true) {
				if (tryEnter()) {
					return Answer.ENTERED;
				}
				long current = this.state.get();
				if (current >= this.limit && this.state.compareAndSet(current, current + ONE_WAITING)) {
					this.queue.add(waiter);
					return Answer.WAIT;
				}
			}
		}
		finally {
			this.lock.release();
		}
	}

	@Override
	public boolean withdraw(Waiter waiter) {
		this.lock.acquire();
		try {
			boolean waited = this.queue.remove(waiter);
			if (waited) {
				this.state.addAndGet(-ONE_WAITING);
			}
			return waited;
		}
		finally {
			this.lock.release();
		}
	}

	@Override
	public void leave() {
		while (true) {
			long current = this.state.get();
			if (current >= ONE_WAITING) {
				if (handOver()) {
					return;
				}
			}
			else if (this.state.compareAndSet(current, current - 1)) {
				return;
			}
		}
	}

	/**
	 * Gives the permit to the first in line, unless more are in than may be.
	 * @return false if nobody waits any longer, and so the permit is still the caller's
	 */
	private boolean handOver() {
		Waiter heir = null;
		this.lock.acquire();
		try {
			if (this.queue.size() == 0) {
				return false;
			}
			if (inside() > this.limit) {
				this.state.decrementAndGet();
			}
			else {
				this.state.addAndGet(-ONE_WAITING);
				heir = pollFirst();
			}
		}
		finally {
			this.lock.release();
		}
		if (heir != null) {
			heir.granted();
		}
		return true;
	}

	private Waiter pollFirst() {
		@Nullable Waiter first = this.queue.poll();
		if (first == null) {
			throw new IllegalStateException("Nobody waits");
		}
		return first;
	}

}
