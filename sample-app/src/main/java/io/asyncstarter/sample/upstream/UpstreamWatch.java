package io.asyncstarter.sample.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * A group of calls, seen from the upstream's side, and the switches for what befalls
 * them. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class UpstreamWatch implements AutoCloseable {

	/*
	 * (1) Every call that enters leaves once. (2) The lock guards every field that is not
	 * final, and is held briefly: what is told of a change does not block.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition idle = this.lock.newCondition();

	private final Map<Integer, Integer> requests = new HashMap<>();

	private final IntConsumer onChange;

	private final Runnable onClose;

	private Runnable onArrival = () -> {
	};

	private boolean down;

	private int now;

	private int peak;

	private int served;

	private int failed;

	private int cancelled;

	UpstreamWatch(IntConsumer onChange, Runnable onClose) {
		this.onChange = onChange;
		this.onClose = onClose;
	}

	/**
	 * Have every request told.
	 * @param onArrival called on the event loop when one comes; may not block
	 * @return this watch
	 */
	public UpstreamWatch onArrival(Runnable onArrival) {
		this.lock.lock();
		try {
			this.onArrival = onArrival;
			return this;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Begin or end an outage: while it lasts, every request is answered with 503.
	 * @param down whether the upstream is down for these calls
	 */
	public void down(boolean down) {
		this.lock.lock();
		try {
			this.down = down;
		}
		finally {
			this.lock.unlock();
		}
	}

	// a request has come: what becomes of it
	Arrival enter(int id) {
		this.lock.lock();
		try {
			int number = this.requests.merge(id, 1, Integer::sum);
			this.onArrival.run();
			this.now++;
			this.served++;
			this.peak = Math.max(this.peak, this.now);
			this.onChange.accept(this.now);
			return new Arrival(number, this.down);
		}
		finally {
			this.lock.unlock();
		}
	}

	// a request was answered, or its caller has gone away
	void leave(Departure departure) {
		this.lock.lock();
		try {
			this.now--;
			this.failed += (departure == Departure.FAILED) ? 1 : 0;
			this.cancelled += (departure == Departure.CANCELLED) ? 1 : 0;
			this.onChange.accept(this.now);
			if (this.now == 0) {
				this.idle.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until no call is being served.
	 * @param atMost how long to wait
	 * @return whether there was a time at which none was
	 * @throws InterruptedException if this thread was interrupted
	 */
	public boolean awaitIdle(Duration atMost) throws InterruptedException {
		long left = atMost.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (this.now > 0 && left > 0) {
				left = this.idle.awaitNanos(left);
			}
			return this.now == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The most calls that were served at once.
	 * @return the greatest number seen
	 */
	public int peak() {
		return read(() -> this.peak);
	}

	/**
	 * The requests that came, however they ended.
	 * @return their number
	 */
	public int served() {
		return read(() -> this.served);
	}

	/**
	 * The requests that were answered with an error.
	 * @return their number
	 */
	public int failed() {
		return read(() -> this.failed);
	}

	/**
	 * The requests whose caller went away before there was an answer.
	 * @return their number
	 */
	public int cancelled() {
		return read(() -> this.cancelled);
	}

	private int read(IntSupplier field) {
		this.lock.lock();
		try {
			return field.getAsInt();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.onClose.run();
	}

	/**
	 * What becomes of a request.
	 *
	 * @param number how many requests for the same item have come, this one included
	 * @param down whether it is refused because of an outage
	 */
	record Arrival(int number, boolean down) {

		static final Arrival UNWATCHED = new Arrival(1, false);

	}

	/**
	 * How a request ended.
	 */
	enum Departure {

		ANSWERED, FAILED, CANCELLED

	}

}
