package io.asyncstarter.executor;

/**
 * Why a task that was handed to a {@link BoundedExecutor} was never run, other than by
 * its own cancellation.
 *
 * @since 0.1.0
 */
public enum RejectionReason {

	/**
	 * As many tasks ran and waited as the executor allows.
	 */
	SATURATED,

	/**
	 * The submitter waited for room as long as it may.
	 */
	WAIT_TIMED_OUT,

	/**
	 * The submitter was interrupted while it waited for room.
	 */
	WAIT_INTERRUPTED,

	/**
	 * The submitter would have waited for room that can only be made by itself and by
	 * other submitters that wait likewise.
	 */
	SELF_DEADLOCK,

	/**
	 * The task waited in the queue and had to give way to a newer one.
	 */
	DISCARDED,

	/**
	 * The task waited in the queue for longer than {@code queue-timeout}.
	 */
	QUEUE_TIMED_OUT,

	/**
	 * The deadline that the task inherited from its submitter passed before the task
	 * could start.
	 */
	DEADLINE_PASSED,

	/**
	 * No thread could be started for the task.
	 */
	START_FAILED,

	/**
	 * The executor was shut down.
	 */
	SHUT_DOWN

}
