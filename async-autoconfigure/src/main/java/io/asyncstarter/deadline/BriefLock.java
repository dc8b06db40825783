package io.asyncstarter.deadline;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for critical sections of a few dozen nanoseconds that contain no user's code and
 * never block. Safe for use by multiple threads, which is its only purpose.
 * <p>
 * Waiters try again and again rather than queue: in a queue, the shared timer's thread
 * could stand behind a virtual thread that has been handed the lock but gets no carrier
 * as long as other virtual threads keep the processors busy. A {@link ReentrantLock} does
 * the work because it stays consistent when a thread's stack overflows (JEP 270).
 *
 * @since 0.1.0
 */
public class BriefLock {

	private static final int SPINS_BEFORE_YIELD = 64;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Takes the lock if nobody has it.
	 * @return whether the calling thread has it now
	 */
	public final boolean tryAcquire() {
		return this.lock.tryLock();
	}

	/**
	 * Takes the lock, as soon as it is to be had. Is not interrupted.
	 */
	@SuppressWarnings("ThreadPriorityCheck") // parking would return at once when
												// interrupted
	public final void acquire() {
		for (int spins = 1; !this.lock.tryLock(); spins++) {
			if (spins % SPINS_BEFORE_YIELD == 0) {
				Thread.yield();
			}
			else {
				Thread.onSpinWait();
			}
		}
	}

	/**
	 * Gives the lock back.
	 */
	public final void release() {
		this.lock.unlock();
	}

}
