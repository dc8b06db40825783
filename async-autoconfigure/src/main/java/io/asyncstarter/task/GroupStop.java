package io.asyncstarter.task;

/**
 * Why a group was stopped before all of its tasks had ended by themselves.
 *
 * @param cause what kind of reason
 * @param reason the reason in words
 * @param asksBody whether the body is asked to stop by somebody else
 */
record GroupStop(Cause cause, String reason, boolean asksBody) {

	/**
	 * The kinds of reasons.
	 */
	enum Cause {

		/**
		 * A task failed.
		 */
		TASK_FAILED,

		/**
		 * The body failed.
		 */
		BODY_FAILED,

		/**
		 * The group's deadline passed.
		 */
		DEADLINE,

		/**
		 * The owner was interrupted.
		 */
		OWNER_INTERRUPTED,

		/**
		 * Somebody cancelled the group.
		 */
		CANCELLED,

		/**
		 * The group was left without being joined.
		 */
		CLOSED

	}

}
