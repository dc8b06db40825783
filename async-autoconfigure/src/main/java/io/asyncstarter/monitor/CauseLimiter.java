package io.asyncstarter.monitor;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Lets each cause through once a minute. Safe for use by multiple threads.
 */
final class CauseLimiter {

	private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

	private static final int MAX_CAUSES = 256;

	private final Map<String, Passage> passages = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Passage> eldest) {
			return size() > MAX_CAUSES;
		}

	};

	/**
	 * Asks for a passage.
	 * @param cause the cause
	 * @param now the time in nanoseconds
	 * @return how often the cause was held back since it was let through last, or empty
	 * if it is held back now
	 */
	synchronized OptionalInt pass(String cause, long now) {
		Passage passage = this.passages.get(cause);
		if (passage != null && now - passage.at() < PERIOD_NANOS) {
			this.passages.put(cause, new Passage(passage.at(), passage.heldBack() + 1));
			return OptionalInt.empty();
		}
		this.passages.put(cause, new Passage(now, 0));
		return OptionalInt.of((passage != null) ? passage.heldBack() : 0);
	}

	/**
	 * The last time at which a cause was let through.
	 */
	private record Passage(long at, int heldBack) {

	}

}
