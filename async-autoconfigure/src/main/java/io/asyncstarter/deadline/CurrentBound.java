package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * The innermost {@link Bound} of each thread.
 */
final class CurrentBound {

	/*
	 * Invariants. (1) The value is a scope or task while one is entered on the thread,
	 * and what was there before once it is left; a thread outside of everything has no
	 * value, not even an empty one, so that a pooled thread keeps nothing of ours. (2) A
	 * deadline carried to a thread never replaces a scope or task: it is kept within it,
	 * only makes it shorter, and goes when it is left. (3) The value and what a scope
	 * carries are touched by their own thread only. (4) A scope that was left out of
	 * order is skipped when what was entered inside of it is left.
	 */
	private static final ThreadLocal<Bound> CURRENT = new ThreadLocal<>();

	private CurrentBound() {
	}

	static @Nullable Bound get() {
		return CURRENT.get();
	}

	static void set(@Nullable Bound bound) {
		Bound entered = bound;
		while (entered instanceof CancelScope scope && scope.isExited()) {
			entered = scope.outside;
		}
		if (entered != null) {
			CURRENT.set(entered);
		}
		else {
			CURRENT.remove();
		}
	}

	static DeadlineTimer timer() {
		Bound bound = get();
		return (bound != null) ? bound.timer() : DeadlineTimer.shared();
	}

	/**
	 * Puts a deadline that came from elsewhere on this thread, in place of the one
	 * carried here before.
	 * @param deadline the deadline, or {@code null} if there is none
	 */
	static void carry(@Nullable Deadline deadline) {
		Deadline carried = (deadline != null && deadline.isUnbounded()) ? null : deadline;
		if (get() instanceof ThreadBound bound) {
			bound.carry(carried);
		}
		else {
			set(carried);
		}
	}

}
