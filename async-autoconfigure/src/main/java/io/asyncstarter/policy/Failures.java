package io.asyncstarter.policy;

/**
 * Failures that belong together.
 */
final class Failures {

	/*
	 * Work may throw one and the same exception for ever. It must not collect the others.
	 */
	private static final int MOST_SUPPRESSED = 16;

	private Failures() {
	}

	/**
	 * Adds an earlier failure to the suppressed ones of a later one.
	 */
	static void suppress(Throwable failure, Throwable earlier) {
		if (failure.equals(earlier) || earlier.equals(failure.getCause())) {
			return;
		}
		Throwable[] present = failure.getSuppressed();
		if (present.length >= MOST_SUPPRESSED) {
			return;
		}
		for (Throwable other : present) {
			if (other.equals(earlier)) {
				return;
			}
		}
		failure.addSuppressed(earlier);
	}

}
