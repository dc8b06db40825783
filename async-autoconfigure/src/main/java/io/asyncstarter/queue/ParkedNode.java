package io.asyncstarter.queue;

import java.util.concurrent.locks.LockSupport;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A thread that stands in a line, parked.
 */
class ParkedNode extends LineNode {

	static final long UNLIMITED = Long.MAX_VALUE;

	/**
	 * Whether whoever took this node out of its line counts on it to come for an item.
	 * Guarded by the lock of {@link QueueEngine}.
	 */
	boolean called;

	private volatile Thread thread = Thread.currentThread();

	private volatile boolean woken;

	private volatile boolean timedOut;

	/**
	 * Makes this node wait for another time, on behalf of the calling thread.
	 */
	final void renew() {
		this.thread = Thread.currentThread();
		this.woken = false;
		this.timedOut = false;
	}

	@Override
	final void wake() {
		this.woken = true;
		LockSupport.unpark(this.thread);
	}

	private void timeOut() {
		this.timedOut = true;
		LockSupport.unpark(this.thread);
	}

	/**
	 * Waits until this node is woken, the time is up or the thread is interrupted,
	 * whichever comes first. Leaves the interrupt flag set.
	 * @param nanos the time, {@link #UNLIMITED} for no limit
	 * @return whether the time is not up
	 */
	final boolean await(long nanos, DeadlineTimer timer) {
		if (nanos == UNLIMITED) {
			park();
			return true;
		}
		DeadlineTimer.Timeout timeout = timer.schedule(nanos, this::timeOut);
		try {
			park();
		}
		finally {
			timeout.cancel();
		}
		return !this.timedOut;
	}

	private void park() {
		while (!this.woken && !this.timedOut && !Thread.currentThread().isInterrupted()) {
			LockSupport.park(this);
		}
	}

}
