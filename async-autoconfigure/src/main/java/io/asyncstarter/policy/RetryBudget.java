package io.asyncstarter.policy;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Keeps retries a share of the calls, so that an outage is not made worse by those who
 * wait for its end. After Finagle's {@code RetryBudget} and the per-client retry budget
 * of "Addressing Cascading Failures" and "Handling Overload" in Google's SRE book.
 * <p>
 * Within a window of ten seconds, at most <i>share × calls + minimum × window</i> retries
 * are granted. As in Finagle, the minimum is there at once, so that a service that is
 * hardly used may retry at all. A call counts when it has ended.
 * <p>
 * Instances are safe for use by multiple threads.
 */
final class RetryBudget {

	/*
	 * Invariants. (1) All fields are guarded by the lock. (2) Calls are not reported
	 * here, which would cost every call a look at the clock: their total is read when a
	 * retry is asked for, and the growth since the last look is spread evenly over the
	 * time since then. What falls out of the window is forgotten.
	 */

	private static final int SLOTS = 10;

	private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final double share;

	private final double reserve;

	private final LongSupplier calls;

	private final DeadlineTimer timer;

	private final BriefLock lock = new BriefLock();

	private final double[] deposits = new double[SLOTS];

	private final double[] withdrawals = new double[SLOTS];

	private long slot;

	private long lastCalls;

	private long lastLook;

	private final long origin;

	/**
	 * Creates a budget.
	 * @param share the share of calls
	 * @param minimum the retries a second that are always granted
	 * @param calls the total of calls so far
	 * @param timer the source of time
	 */
	RetryBudget(double share, double minimum, LongSupplier calls, DeadlineTimer timer) {
		this.share = share;
		this.reserve = minimum * SLOTS;
		this.calls = calls;
		this.timer = timer;
		this.origin = timer.nanoTime();
	}

	/**
	 * Asks for a retry.
	 * @return whether it is granted, and so taken from the budget
	 */
	boolean tryWithdraw() {
		this.lock.acquire();
		try {
			look();
			if (balance() < 1) {
				return false;
			}
			this.withdrawals[(int) (this.slot % SLOTS)]++;
			return true;
		}
		finally {
			this.lock.release();
		}
	}

	/**
	 * Returns how many retries would be granted now.
	 */
	double available() {
		this.lock.acquire();
		try {
			look();
			return Math.max(0, balance());
		}
		finally {
			this.lock.release();
		}
	}

	private double balance() {
		double balance = this.reserve;
		for (int i = 0; i < SLOTS; i++) {
			balance += this.share * this.deposits[i] - this.withdrawals[i];
		}
		return balance;
	}

	private void look() {
		long now = this.timer.nanoTime() - this.origin;
		long total = this.calls.getAsLong();
		double grown = Math.max(0, total - this.lastCalls);
		long current = now / SLOT_NANOS;
		double elapsed = Math.max(1, now - this.lastLook);
		forget(current);
		for (long i = Math.max(this.lastLook / SLOT_NANOS, current - SLOTS + 1); i <= current; i++) {
			long from = Math.max(this.lastLook, i * SLOT_NANOS);
			long to = Math.min(now, (i + 1) * SLOT_NANOS);
			double part = (now > this.lastLook) ? (to - from) / elapsed : 1;
			this.deposits[(int) (i % SLOTS)] += grown * part;
		}
		this.lastCalls = total;
		this.lastLook = now;
	}

	private void forget(long current) {
		for (long i = Math.max(this.slot + 1, current - SLOTS + 1); i <= current; i++) {
			this.deposits[(int) (i % SLOTS)] = 0;
			this.withdrawals[(int) (i % SLOTS)] = 0;
		}
		this.slot = current;
	}

}
