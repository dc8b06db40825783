package io.asyncstarter.policy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import io.asyncstarter.deadline.Interruption;

/**
 * Tells failures of the work from the end that somebody put to it.
 */
final class Cancellations {

	private static final int DEEPEST_CAUSE = 32;

	private Cancellations() {
	}

	/**
	 * Returns whether a failure says that the work was cancelled or interrupted. If so,
	 * it is nobody's fault: it is neither retried nor counted by the circuit breaker.
	 * @param failure the failure
	 * @return {@code true} for a cancellation, an interrupt, and what was caused by an
	 * interrupt of the thread that threw it
	 */
	static boolean isCancellation(Throwable failure) {
		if (failure instanceof CancellationException) {
			return true;
		}
		return switch (Interruption.in(failure)) {
			case ABSENT -> false;
			case DELIVERED -> true;
			case TRANSLATED -> !isOfPolicy(failure);
		};
	}

	/**
	 * Returns whether a policy has answered for the interrupt, as it does for that of an
	 * attempt's timeout.
	 */
	private static boolean isOfPolicy(Throwable failure) {
		Throwable candidate = failure;
		for (int depth = 0; candidate != null && depth < DEEPEST_CAUSE; depth++) {
			if (candidate instanceof PolicyException) {
				return true;
			}
			candidate = candidate.getCause();
		}
		return false;
	}

	/**
	 * Returns what a future reports, without the wrapping that futures add.
	 */
	static Throwable unwrap(Throwable failure) {
		Throwable candidate = failure;
		while (candidate instanceof CompletionException || candidate instanceof ExecutionException) {
			Throwable cause = candidate.getCause();
			if (cause == null) {
				return candidate;
			}
			candidate = cause;
		}
		return candidate;
	}

}
