package io.asyncstarter.sync;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.util.Assert;

/**
 * Where a fixed number of threads wait for each other, again and again, as at asyncio's
 * {@code Barrier}. It differs from {@link java.util.concurrent.CyclicBarrier} in that a
 * waiter who is interrupted just leaves: the barrier is not broken, and another party can
 * come in its place.
 * <p>
 * Who comes while the parties of a round are still leaving waits until the last of them
 * has left. {@link #reset()} sends all away who wait and makes the barrier as new;
 * {@link #abort()} sends them away, and everybody who comes later, until the next
 * {@code reset}. For a limit of time, wait inside of a
 * {@link io.asyncstarter.deadline.Deadline}.
 * <p>
 * Instances are safe for use by multiple threads, platform and virtual ones.
 *
 * @since 0.1.0
 */
public final class Barrier {

	/*
	 * Invariants. (1) All fields are guarded by the lock. (2) 'inside' counts those who
	 * belong to the current round: they have arrived and not left. It is less than
	 * 'parties' while FILLING. (3) In DRAINING and RESETTING somebody is inside, and the
	 * last to leave starts the next round. (4) BROKEN ends by a reset only.
	 */

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition settled = this.lock.newCondition();

	private final Condition open = this.lock.newCondition();

	private final int parties;

	private int inside;

	private State state = State.FILLING;

	/**
	 * Creates a barrier.
	 * @param parties how many threads wait for each other, at least 1
	 */
	public Barrier(int parties) {
		Assert.isTrue(parties >= 1, () -> "'parties' must be at least 1 but was %d".formatted(parties));
		this.parties = parties;
	}

	/**
	 * Waits until as many threads as there are parties have come.
	 * @return the place of this thread in the order of arrival, from zero on; each place
	 * is given to one thread of a round
	 * @throws InterruptedException if the thread is interrupted before all have come; the
	 * barrier goes on without it. Once all have come the wait succeeds, and the interrupt
	 * is in the thread's flag
	 * @throws BrokenBarrierException if the barrier is, or meanwhile was, reset or
	 * aborted
	 */
	public int await() throws InterruptedException, BrokenBarrierException {
		this.lock.lockInterruptibly();
		try {
			awaitFilling();
			int place = this.inside++;
			try {
				if (this.inside == this.parties) {
					to(State.DRAINING);
				}
				else {
					awaitOpen();
				}
				return place;
			}
			finally {
				leave();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitFilling() throws InterruptedException, BrokenBarrierException {
		while (this.state == State.DRAINING || this.state == State.RESETTING) {
			this.settled.await();
		}
		requireNotBroken();
	}

	private void awaitOpen() throws InterruptedException, BrokenBarrierException {
		while (this.state == State.FILLING) {
			try {
				this.open.await();
			}
			catch (InterruptedException ex) {
				if (this.state == State.FILLING) {
					throw ex;
				}
				// The others go on in the belief that this thread does too.
				Thread.currentThread().interrupt();
			}
		}
		requireNotBroken();
	}

	private void requireNotBroken() throws BrokenBarrierException {
		if (this.state == State.BROKEN || this.state == State.RESETTING) {
			throw new BrokenBarrierException(
					"Barrier was " + ((this.state == State.BROKEN) ? "aborted" : "reset while threads waited"));
		}
	}

	private void leave() {
		this.inside--;
		if (this.inside == 0 && this.state != State.BROKEN) {
			to(State.FILLING);
		}
	}

	private void to(State state) {
		this.state = state;
		this.open.signalAll();
		this.settled.signalAll();
	}

	/**
	 * Makes the barrier as new: all who are inside get a {@link BrokenBarrierException},
	 * those who come later make up a new round.
	 */
	public void reset() {
		this.lock.lock();
		try {
			to((this.inside > 0) ? State.RESETTING : State.FILLING);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Breaks the barrier: all who are inside or come later get a
	 * {@link BrokenBarrierException}, until {@link #reset()}.
	 */
	public void abort() {
		this.lock.lock();
		try {
			to(State.BROKEN);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns whether the barrier was aborted and has not been reset since.
	 * @return whether every wait fails
	 */
	public boolean isBroken() {
		this.lock.lock();
		try {
			return this.state == State.BROKEN;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns how many threads wait for each other.
	 * @return the number of threads
	 */
	public int getParties() {
		return this.parties;
	}

	/**
	 * Returns how many threads of the current round have come and wait for the others.
	 * @return the number of threads, less than that of the parties
	 */
	public int getWaitingCount() {
		this.lock.lock();
		try {
			return (this.state == State.FILLING) ? this.inside : 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public String toString() {
		return "Barrier[%d of %d waiting%s]".formatted(getWaitingCount(), this.parties, (isBroken()) ? ", broken" : "");
	}

	/**
	 * What goes on at a barrier.
	 */
	private enum State {

		/**
		 * Parties come and wait.
		 */
		FILLING,

		/**
		 * All have come and are leaving.
		 */
		DRAINING,

		/**
		 * Those who waited are leaving, with an exception.
		 */
		RESETTING,

		/**
		 * Nobody waits any more.
		 */
		BROKEN

	}

}
