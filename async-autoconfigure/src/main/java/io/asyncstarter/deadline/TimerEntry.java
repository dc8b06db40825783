package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * An expiry in a {@link TimerWheel}. What can change is guarded by the lock of the stripe
 * that the entry is in.
 */
final class TimerEntry implements DeadlineTimer.Timeout {

	static final int NOT_LINKED = -1;

	final TimerStripe stripe;

	final long tick;

	final Runnable expiry;

	int slot = NOT_LINKED;

	@Nullable TimerEntry previous;

	@Nullable TimerEntry next;

	TimerEntry(TimerStripe stripe, long tick, Runnable expiry) {
		this.stripe = stripe;
		this.tick = tick;
		this.expiry = expiry;
	}

	@Override
	public boolean cancel() {
		return this.stripe.cancel(this);
	}

}
