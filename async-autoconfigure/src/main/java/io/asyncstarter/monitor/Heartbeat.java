package io.asyncstarter.monitor;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A small task that is sent to an executor to see how long it waits there. Sent again and
 * again by the monitor's thread, one at a time.
 */
final class Heartbeat implements Runnable {

	/*
	 * 'sentAt' belongs to the monitor's thread. The others are written by the executor's
	 * thread; 'underWay' last, so that whoever sees it false sees the answer.
	 */

	private final Executor target;

	private final LongSupplier clock;

	private long sentAt;

	private volatile long answeredAt;

	private volatile @Nullable Thread thread;

	private volatile boolean underWay;

	Heartbeat(Executor target, LongSupplier clock) {
		this.target = target;
		this.clock = clock;
	}

	/**
	 * Sends the heartbeat.
	 * @throws java.util.concurrent.RejectedExecutionException if the executor takes no
	 * tasks
	 */
	void send(long now) {
		this.sentAt = now;
		this.underWay = true;
		boolean sent = false;
		try {
			this.target.execute(this);
			sent = true;
		}
		finally {
			if (!sent) {
				this.underWay = false;
			}
		}
	}

	@Override
	public void run() {
		this.thread = Thread.currentThread();
		this.answeredAt = this.clock.getAsLong();
		this.underWay = false;
	}

	boolean isUnderWay() {
		return this.underWay;
	}

	/**
	 * Takes a time off in which nobody could run.
	 */
	void forgive(long pause) {
		this.sentAt += pause;
	}

	/**
	 * Returns how long the heartbeat that is under way has waited.
	 */
	long waited(long now) {
		return Math.max(0, now - this.sentAt);
	}

	/**
	 * Returns how long the last heartbeat has waited for its answer.
	 */
	long lag() {
		return Math.max(0, this.answeredAt - this.sentAt);
	}

	/**
	 * Returns the thread that answered last, or {@code null} if none has.
	 */
	@Nullable Thread thread() {
		return this.thread;
	}

}
