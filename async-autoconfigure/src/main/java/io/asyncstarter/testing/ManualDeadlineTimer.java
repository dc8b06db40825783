package io.asyncstarter.testing;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A {@link DeadlineTimer} whose time the test moves by hand, for everything that takes a
 * timer: deadlines, policies with their timeouts, waits and backoffs, and bounded
 * executors. Expiries run on the thread that moves the time, in the order in which they
 * are due and, if due together, scheduled.
 * <p>
 * Where the code under test runs on another thread, wait until it has scheduled what the
 * test is about, by {@link #awaitArmed(int)}, before the time is moved. Instances are
 * safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class ManualDeadlineTimer implements DeadlineTimer {

	private static final long LONGEST_DELAY = Long.MAX_VALUE >> 2;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition added = this.lock.newCondition();

	private final Queue<Entry> entries = new PriorityQueue<>(
			Comparator.comparingLong((Entry entry) -> entry.due).thenComparingLong((entry) -> entry.sequence));

	private long now;

	private long scheduled;

	/**
	 * Moves time on and runs what is due, each expiry at its own time.
	 * @param time how far to move
	 */
	public void advance(Duration time) {
		long until = nanoTime() + nanos(time);
		for (Entry entry = pollDue(until); entry != null; entry = pollDue(until)) {
			entry.expiry.run();
		}
	}

	/**
	 * Moves time on and runs nothing: what is due is late, until time is moved again.
	 * @param time how far to move
	 */
	public void advanceUnnoticed(Duration time) {
		long nanos = nanos(time);
		this.lock.lock();
		try {
			this.now += nanos;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static long nanos(Duration time) {
		Assert.notNull(time, "'time' must not be null");
		Assert.isTrue(!time.isNegative(), () -> "'time' must not be negative but was " + time);
		return time.toNanos();
	}

	/**
	 * Waits until at least so many expiries are scheduled.
	 * @param count the number of expiries
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void awaitArmed(int count) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (this.entries.size() < count) {
				this.added.await();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
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
			Entry entry = new Entry(this.now + Math.clamp(delayNanos, 0, LONGEST_DELAY), this.scheduled++, expiry);
			this.entries.add(entry);
			this.added.signalAll();
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

	@Override
	public String toString() {
		return "ManualDeadlineTimer[%s, %d armed]".formatted(Duration.ofNanos(nanoTime()), armed());
	}

	/**
	 * An expiry in the order of the time when it is due.
	 */
	private record Entry(long due, long sequence, Runnable expiry) {

	}

}
