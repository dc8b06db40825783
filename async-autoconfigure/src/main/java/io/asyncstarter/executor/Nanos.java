package io.asyncstarter.executor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Durations as nanoseconds.
 */
final class Nanos {

	static final long UNLIMITED = Long.MAX_VALUE;

	private Nanos() {
	}

	/**
	 * Returns the nanoseconds of a duration; {@link #UNLIMITED} if there is none or it is
	 * too long to be counted, which is 292 years.
	 */
	static long of(@Nullable Duration duration) {
		if (duration == null) {
			return UNLIMITED;
		}
		try {
			return duration.toNanos();
		}
		catch (ArithmeticException ex) {
			return UNLIMITED;
		}
	}

}
