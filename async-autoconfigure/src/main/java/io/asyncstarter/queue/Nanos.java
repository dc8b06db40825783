package io.asyncstarter.queue;

import java.time.Duration;

/**
 * Durations as nanoseconds.
 */
final class Nanos {

	private Nanos() {
	}

	/**
	 * Returns the nanoseconds of a duration; {@link ParkedNode#UNLIMITED} if it is too
	 * long to be counted, which is 292 years.
	 */
	static long of(Duration duration) {
		try {
			return duration.toNanos();
		}
		catch (ArithmeticException ex) {
			return (duration.isNegative()) ? Long.MIN_VALUE : ParkedNode.UNLIMITED;
		}
	}

}
