package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * A bound that a thread has entered and has yet to leave. What is kept here belongs to
 * that thread.
 */
abstract sealed class ThreadBound extends Bound permits DeadlineScope, CancelScope, TaskBound {

	@Nullable Bound outside;

	Deadline carried = Deadline.none();

	/**
	 * Puts a deadline that came from elsewhere inside of this bound, in place of the one
	 * that was carried here before.
	 * @param deadline the deadline, or {@code null} if there is none
	 */
	final void carry(@Nullable Deadline deadline) {
		this.carried = (deadline != null) ? deadline : Deadline.none();
	}

	@Override
	final Deadline unenforced() {
		return this.carried;
	}

	@Override
	@Nullable ScopeExpiry innermostExpiry() {
		return (this.outside != null) ? this.outside.innermostExpiry() : null;
	}

	@Override
	@Nullable TaskBound innermostTask() {
		return (this.outside != null) ? this.outside.innermostTask() : null;
	}

}
