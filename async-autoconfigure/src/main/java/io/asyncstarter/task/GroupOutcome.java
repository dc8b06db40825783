package io.asyncstarter.task;

/**
 * How a group ended.
 *
 * @since 0.1.0
 */
public enum GroupOutcome {

	/**
	 * By the end of its body and of all its tasks, none of which failed.
	 */
	SUCCEEDED,

	/**
	 * By a failure of its body or of a task.
	 */
	FAILED,

	/**
	 * By its deadline.
	 */
	DEADLINE_EXCEEDED,

	/**
	 * By {@link TaskGroup#cancel}, or because it was left without being joined.
	 */
	CANCELLED,

	/**
	 * By an interrupt of its owner, also by that of a deadline around it.
	 */
	INTERRUPTED

}
