package io.asyncstarter.policy;

import java.util.concurrent.locks.LockSupport;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A thread that waits at a {@link Gate}, parked.
 */
final class ParkedWaiter extends Waiter {

	private final Thread thread = Thread.currentThread();

	private volatile boolean granted;

	private volatile boolean expired;

	@Override
	void granted() {
		this.granted = true;
		LockSupport.unpark(this.thread);
	}

	private void expire() {
		this.expired = true;
		LockSupport.unpark(this.thread);
	}

	/**
	 * Waits until the gate has let this waiter in.
	 * @param gate the gate in whose line this waiter is
	 * @param nanos how long to wait
	 * @param timer the source of time
	 * @return whether this waiter is in; if not, it is no longer in line
	 * @throws InterruptedException if the thread was interrupted; then it is neither in
	 * nor in line
	 */
	boolean await(Gate gate, long nanos, DeadlineTimer timer) throws InterruptedException {
		DeadlineTimer.Timeout timeout = timer.schedule(nanos, this::expire);
		try {
			while (!this.granted) {
				if (Thread.interrupted()) {
					if (!gate.withdraw(this)) {
						gate.leave();
					}
					throw new InterruptedException();
				}
				if (this.expired) {
					return !gate.withdraw(this);
				}
				LockSupport.park(this);
			}
			return true;
		}
		finally {
			timeout.cancel();
		}
	}

}
