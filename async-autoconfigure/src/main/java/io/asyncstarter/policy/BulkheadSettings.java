package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * How many calls are in flight at once. A component that is {@code null} is not decided
 * here: by a parent, or else by its default.
 *
 * @param maxConcurrency the number of calls, at least 1 (default 25)
 * @param maxWait how long a call waits for a permit, never longer than what is left of
 * the deadline; zero rejects at once (default zero)
 * @param perKey whether a call with a key has the permits of that key, as many for each,
 * rather than those shared by all (default false)
 * @since 0.1.0
 */
public record BulkheadSettings(@Nullable Integer maxConcurrency, @Nullable Duration maxWait, @Nullable Boolean perKey) {

	/**
	 * What applies where nobody decides.
	 */
	public static final BulkheadSettings DEFAULTS = new BulkheadSettings(25, Duration.ZERO, false);

	public BulkheadSettings {
		Assert.isTrue(maxConcurrency == null || maxConcurrency >= 1,
				() -> "'maxConcurrency' must be at least 1 but was %d".formatted(maxConcurrency));
		Settings.requireNotNegative("maxWait", maxWait);
	}

	/**
	 * Creates settings of a bulkhead that is shared by all keys.
	 * @param maxConcurrency the number of calls, at least 1
	 * @param maxWait how long a call waits for a permit; zero rejects at once
	 */
	public BulkheadSettings(int maxConcurrency, Duration maxWait) {
		this(maxConcurrency, maxWait, null);
	}

	/**
	 * Returns these settings, completed by those of a parent.
	 * @param parent the parent, or {@code null} for none
	 * @return what is decided here, and what is decided there for the rest
	 */
	public BulkheadSettings withParent(@Nullable BulkheadSettings parent) {
		return (parent != null)
				? new BulkheadSettings(Settings.first(this.maxConcurrency, parent.maxConcurrency),
						Settings.first(this.maxWait, parent.maxWait), Settings.first(this.perKey, parent.perKey))
				: this;
	}

}
