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

	static <T> T orDefault(@Nullable T value, T defaultValue) {
		return (value != null) ? value : defaultValue;
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
