package io.asyncstarter.http;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.asyncstarter.policy.Repeatability;

/**
 * What of a request may be repeated: everything that is transient if its method allows
 * that and its body can be sent again, and what was not sent in any case.
 *
 * @param repeatable whether the method allows that
 * @param replayable whether the body can be sent again
 * @param hedgeable whether it can be sent twice at once
 * @param transientFailure tells what else than the usual is transient
 */
record RequestRepeatability(boolean repeatable, BooleanSupplier replayable, boolean hedgeable,
		Predicate<Throwable> transientFailure) implements Repeatability {

	@Override
	public boolean mayRetry(Throwable failure) {
		if (HttpOutcomes.wasNotSent(failure)) {
			return true;
		}
		return this.repeatable && (HttpOutcomes.isTransient(failure) || this.transientFailure.test(failure))
				&& this.replayable.getAsBoolean();
	}

	@Override
	public boolean mayHedge() {
		return this.repeatable && this.hedgeable;
	}

}
