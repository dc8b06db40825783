package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * When a further attempt is started beside one that takes long. The first success wins;
 * the losers are cancelled. After "The Tail at Scale", Dean and Barroso, CACM 2013. A
 * component that is {@code null} is not decided here: by a parent, or else by its
 * default.
 * <p>
 * Only for calls that may safely be made twice. The attempts of a call on the caller's
 * thread run on threads of their own, those of the policy's executor or else virtual
 * ones, so what is bound to the caller's thread but does not travel (a transaction) is
 * not there.
 *
 * @param after how long the latest attempt may take before the next one is started
 * (default 200 ms)
 * @param max how many attempts are started besides the first, at least 1 (default 1)
 * @since 0.1.0
 */
public record HedgeSettings(@Nullable Duration after, @Nullable Integer max) {

	/**
	 * What applies where nobody decides.
	 */
	public static final HedgeSettings DEFAULTS = new HedgeSettings(Duration.ofMillis(200), 1);

	public HedgeSettings {
		Settings.requireNotNegative("after", after);
		Assert.isTrue(max == null || max >= 1, () -> "'max' must be at least 1 but was %d".formatted(max));
	}

	/**
	 * Returns these settings, completed by those of a parent.
	 * @param parent the parent, or {@code null} for none
	 * @return what is decided here, and what is decided there for the rest
	 */
	public HedgeSettings withParent(@Nullable HedgeSettings parent) {
		return (parent != null)
				? new HedgeSettings(Settings.first(this.after, parent.after), Settings.first(this.max, parent.max))
				: this;
	}

}
