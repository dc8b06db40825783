package io.asyncstarter.policy;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Waits of the calling thread. They are interruptible and take their time from a timer,
 * so that tests own it.
 */
final class Waits {

	/**
	 * A gate that lets nobody in: waiting at it is a pause.
	 */
	private static final Gate CLOSED = new Gate() {

		@Override
		public boolean tryEnter() {
			return false;
		}

		@Override
		public Answer enter(Waiter waiter, long maxWaitNanos) {
			return Answer.WAIT;
		}

		@Override
		public boolean withdraw(Waiter waiter) {
			return true;
		}

		@Override
		public void leave() {
		}

	};

	private Waits() {
	}

	/**
	 * Enters a gate, waiting for it if necessary.
	 * @param gate the gate
	 * @param maxWaitNanos how long to wait, if the deadline is not earlier
	 * @param timer the source of time
	 * @return whether the gate let the caller in
	 * @throws InterruptedException if the thread was interrupted; it is not in then
	 */
	static boolean park(Gate gate, long maxWaitNanos, DeadlineTimer timer) throws InterruptedException {
		long nanos = limit(maxWaitNanos, Deadline.current());
		ParkedWaiter waiter = new ParkedWaiter();
		return switch (gate.enter(waiter, nanos)) {
			case ENTERED -> true;
			case REFUSED -> false;
			case WAIT -> waiter.await(gate, nanos, timer);
		};
	}

	/**
	 * Lets time pass.
	 * @param nanos how much
	 * @param timer the source of time
	 * @throws InterruptedException if the thread was interrupted
	 */
	static void pause(long nanos, DeadlineTimer timer) throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		if (nanos > 0) {
			new ParkedWaiter().await(CLOSED, nanos, timer);
		}
	}

	static long limit(long maxWaitNanos, Deadline deadline) {
		return (maxWaitNanos > 0) ? Math.min(maxWaitNanos, deadline.remainingNanos()) : 0;
	}

}
