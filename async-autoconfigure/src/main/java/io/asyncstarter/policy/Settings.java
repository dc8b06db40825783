package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * What the settings of all strategies have in common.
 */
final class Settings {

	/**
	 * A wait that nobody outlives, and that can be added to any time without an overflow.
	 */
	static final long FOREVER = Long.MAX_VALUE >> 2;

	private Settings() {
	}

	static <T> @Nullable T first(@Nullable T own, @Nullable T inherited) {
		return (own != null) ? own : inherited;
	}

	/**
	 * Returns a value that has been completed by the defaults.
	 */
	static <T> T decided(@Nullable T value) {
		Assert.state(value != null, "'value' must be decided");
		return value;
	}

	static void requirePositive(String parameter, @Nullable Duration value) {
		Assert.isTrue(value == null || value.isPositive(),
				() -> "'%s' must be more than zero but was %s".formatted(parameter, value));
	}

	static void requireNotNegative(String parameter, @Nullable Duration value) {
		Assert.isTrue(value == null || !value.isNegative(),
				() -> "'%s' must not be negative but was %s".formatted(parameter, value));
	}

	static long nanos(Duration duration) {
		return (duration.toSeconds() >= FOREVER / 1_000_000_000L) ? FOREVER : duration.toNanos();
	}

}
