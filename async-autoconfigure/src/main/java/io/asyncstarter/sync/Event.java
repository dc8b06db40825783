package io.asyncstarter.sync;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.util.Assert;

/**
 * A flag that threads wait for, and that can be set and cleared any number of times, as
 * asyncio's {@code Event}. Setting it releases everybody who waits at that moment, even
 * if it is cleared again before they have run.
 * <p>
 * All waits end with an {@link InterruptedException} when the thread is interrupted, so
 * also when a {@link io.asyncstarter.deadline.Deadline} around them passes. Instances are
 * safe for use by multiple threads, platform and virtual ones.
 *
 * @since 0.1.0
 */
public final class Event {

	/*
	 * Invariants. (1) The event is set while the latch of the current round is open. (2)
	 * A latch that was opened is never closed: clearing replaces it. So whoever waits is
	 * released by the next 'set', whatever comes after that.
	 */
	private final AtomicReference<CountDownLatch> round = new AtomicReference<>(closed());

	/**
	 * Sets the flag and releases all who wait. Has no effect if it is set.
	 */
	public void set() {
		this.round.get().countDown();
	}

	/**
	 * Clears the flag: who comes from now on waits. Has no effect if it is not set.
	 */
	public void clear() {
		CountDownLatch current = this.round.get();
		if (isOpen(current)) {
			this.round.compareAndSet(current, closed());
		}
	}

	/**
	 * Returns whether the flag is set.
	 * @return whether a wait would end at once
	 */
	public boolean isSet() {
		return isOpen(this.round.get());
	}

	/**
	 * Waits until the flag is set.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void await() throws InterruptedException {
		this.round.get().await();
	}

	/**
	 * Waits for a time at most until the flag is set.
	 * @param timeout the time; with zero and less there is no wait
	 * @return whether the flag was set in time
	 * @throws InterruptedException if the thread is interrupted
	 */
	public boolean await(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		return this.round.get().await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
	}

	private static CountDownLatch closed() {
		return new CountDownLatch(1);
	}

	private static boolean isOpen(CountDownLatch latch) {
		return latch.getCount() == 0;
	}

	@Override
	public String toString() {
		return "Event[%s]".formatted((isSet()) ? "set" : "not set");
	}

}
