package io.asyncstarter.task;

import java.util.concurrent.atomic.AtomicInteger;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * The shared timer, and how many expiries are scheduled there by way of this one.
 */
final class CountingTimer implements DeadlineTimer {

	private final AtomicInteger armed = new AtomicInteger();

	@Override
	public int armed() {
		return this.armed.get();
	}

	@Override
	public long nanoTime() {
		return DeadlineTimer.shared().nanoTime();
	}

	@Override
	public Timeout schedule(long delayNanos, Runnable expiry) {
		this.armed.incrementAndGet();
		Timeout timeout = DeadlineTimer.shared().schedule(delayNanos, () -> {
			this.armed.decrementAndGet();
			expiry.run();
		});
		return () -> {
			boolean cancelled = timeout.cancel();
			if (cancelled) {
				this.armed.decrementAndGet();
			}
			return cancelled;
		};
	}

}
