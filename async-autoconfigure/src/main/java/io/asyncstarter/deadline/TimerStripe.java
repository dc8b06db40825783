package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * One of the wheels that make up a {@link WheelTimer}, with the lock that guards it. Safe
 * for use by multiple threads.
 */
final class TimerStripe {

	/*
	 * How many entries the timer's thread looks at before it lets others in: at some ten
	 * nanoseconds each, they wait for a microsecond.
	 */
	private static final int BATCH = 128;

	private final BriefLock lock = new BriefLock();

	private final TimerWheel wheel = new TimerWheel();

	/**
	 * Adds an expiry, unless the stripe is in use by another thread.
	 * @param tick the tick at which the expiry is due
	 * @param now the current tick, or one before
	 * @param expiry what to run
	 * @return the entry, or {@code null} if the stripe is in use
	 */
	@Nullable TimerEntry tryAdd(long tick, long now, Runnable expiry) {
		if (!this.lock.tryAcquire()) {
			return null;
		}
		try {
			TimerEntry entry = new TimerEntry(this, tick, expiry);
			this.wheel.add(entry, now);
			return entry;
		}
		finally {
			this.lock.release();
		}
	}

	boolean cancel(TimerEntry entry) {
		this.lock.acquire();
		try {
			return this.wheel.remove(entry);
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Removes some of the entries that are due. There may be more of them as long as
	 * {@link #nextTick()} is not beyond the current tick.
	 * @param now the current tick
	 * @return the entries, linked by their {@link TimerEntry#next}, or {@code null} if
	 * there are none
	 */
	@Nullable TimerEntry removeDue(long now) {
		this.lock.acquire();
		try {
			return this.wheel.removeDue(now, BATCH);
		}
		finally {
			this.lock.release();
		}
	}

	long nextTick() {
		this.lock.acquire();
		try {
			return this.wheel.nextTick();
		}
		finally {
			this.lock.release();
		}
	}

	int size() {
		this.lock.acquire();
		try {
			return this.wheel.size();
		}
		finally {
			this.lock.release();
		}
	}

}
