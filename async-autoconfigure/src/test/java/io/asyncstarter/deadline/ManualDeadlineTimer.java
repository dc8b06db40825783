package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * A {@link DeadlineTimer} whose time the test moves by hand. Expiries run on the thread
 * that moves it, in the order in which they are due and, if due together, scheduled. Safe
 * for use by multiple threads.
 */
public final class ManualDeadlineTimer implements DeadlineTimer {

	private final ReentrantLock lock = new ReentrantLock();

	private final Queue<Entry> entries = new PriorityQueue<>(
			Comparator.comparingLong((Entry entry) -> entry.due).thenComparingLong((entry) -> entry.sequence));

	private long now;

	private long scheduled;

	/**
	 * Moves time on and runs what is due, each expiry at its own time.
	 * @param time how far to move
	 */
	public void advance(Duration time) {
		long until = nanoTime() + time.toNanos();
		for (Entry entry = pollDue(until); entry != null; entry = pollDue(until)) {
			entry.expiry.run();
		}
	}

	/**
	 * Moves time on and runs nothing: what is due is late, until time is moved again.
	 * @param time how far to move
	 */
	public void advanceUnnoticed(Duration time) {
		this.lock.lock();
		try {
			this.now += time.toNanos();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns how many expiries are scheduled.
	 * @return the number of expiries that have neither run nor been cancelled
	 */
	public int armed() {
		this.lock.lock();
		try {
			return this.entries.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public long nanoTime() {
		this.lock.lock();
		try {
			return this.now;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public Timeout schedule(long delayNanos, Runnable expiry) {
		this.lock.lock();
		try {
			Entry entry = new Entry(this.now + Math.max(0, delayNanos), this.scheduled++, expiry);
			this.entries.add(entry);
			return () -> cancel(entry);
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean cancel(Entry entry) {
		this.lock.lock();
		try {
			return this.entries.remove(entry);
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Entry pollDue(long until) {
		this.lock.lock();
		try {
			Entry entry = this.entries.peek();
			if (entry == null || entry.due > until) {
				this.now = Math.max(this.now, until);
				return null;
			}
			this.now = Math.max(this.now, entry.due);
			return this.entries.poll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private record Entry(long due, long sequence, Runnable expiry) {

	}

}
