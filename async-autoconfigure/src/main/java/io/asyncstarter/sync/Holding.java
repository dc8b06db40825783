package io.asyncstarter.sync;

/**
 * The permits of one {@link ConcurrencyLimiter} that one thread has. Guarded by the lock
 * of the limiter.
 */
final class Holding {

	final Thread thread;

	int permits;

	Holding(Thread thread) {
		this.thread = thread;
	}

}
