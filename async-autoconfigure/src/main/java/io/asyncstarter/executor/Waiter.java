package io.asyncstarter.executor;

import java.util.concurrent.locks.LockSupport;

/**
 * A submitter that waits for room. Whoever makes room answers the longest waiting one,
 * under the lock of {@link Admission}; so the room is taken before the submitter wakes up
 * and nobody who comes later can steal it.
 */
final class Waiter {

	final BoundedTask<?> task;

	private final Thread thread = Thread.currentThread();

	private volatile Offer answer = Offer.WAITING;

	private volatile boolean timedOut;

	Waiter(BoundedTask<?> task) {
		this.task = task;
	}

	/**
	 * Returns whether the submitter is itself a task of the same executor.
	 */
	boolean nested() {
		return this.task.nested;
	}

	Offer answer() {
		return this.answer;
	}

	void answer(Offer answer) {
		this.answer = answer;
		LockSupport.unpark(this.thread);
	}

	void timeOut() {
		this.timedOut = true;
		LockSupport.unpark(this.thread);
	}

	/**
	 * Waits for the answer, the time-out or an interrupt, whichever comes first. Leaves
	 * the interrupt flag set.
	 */
	void await() {
		while (this.answer == Offer.WAITING && !this.timedOut && !Thread.currentThread().isInterrupted()) {
			LockSupport.park(this);
		}
	}

}
