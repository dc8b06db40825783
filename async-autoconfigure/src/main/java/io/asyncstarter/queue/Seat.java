package io.asyncstarter.queue;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;

/**
 * The place of one managed consumer at its queue, and what it has taken from there.
 *
 * @param <T> the type of the items
 */
final class Seat<T> extends ParkedNode {

	/*
	 * Invariants. (1) 'retired' is guarded by the lock of the engine. (2) 'taken' belongs
	 * to the consumer's thread, which hands it to the engine and gets it filled again in
	 * QueueEngine.next. (3) The thread is interrupted only while 'occupant' holds it, and
	 * so never after it has left the seat.
	 */

	/**
	 * The greatest number of items taken together.
	 */
	final int batchSize;

	/**
	 * How long an item may wait for others to be taken together with.
	 */
	final long lingerNanos;

	final List<Entry<T>> taken;

	boolean retired;

	private final BriefLock lock = new BriefLock();

	private @Nullable Thread occupant;

	Seat(int batchSize, long lingerNanos) {
		this.batchSize = batchSize;
		this.lingerNanos = lingerNanos;
		this.taken = new ArrayList<>(Math.min(batchSize, 64));
	}

	/**
	 * Makes the calling thread the one that is interrupted.
	 */
	void sit() {
		this.lock.acquire();
		this.occupant = Thread.currentThread();
		this.lock.release();
	}

	void leave() {
		this.lock.acquire();
		this.occupant = null;
		this.lock.release();
	}

	/**
	 * Interrupts whoever sits here.
	 */
	void interrupt() {
		this.lock.acquire();
		try {
			if (this.occupant != null) {
				this.occupant.interrupt();
			}
		}
		finally {
			this.lock.release();
		}
	}

	@Nullable Thread occupant() {
		this.lock.acquire();
		try {
			return this.occupant;
		}
		finally {
			this.lock.release();
		}
	}

}
