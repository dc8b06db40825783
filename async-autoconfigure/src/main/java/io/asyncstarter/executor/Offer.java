package io.asyncstarter.executor;

/**
 * The answers to a task that asks for admission.
 */
enum Offer {

	/**
	 * The task holds a permit; whoever asked must start it.
	 */
	STARTED,

	/**
	 * The task is in the queue.
	 */
	QUEUED,

	/**
	 * The submitter is in the line of those who wait for room.
	 */
	WAITING,

	/**
	 * There is no room.
	 */
	SATURATED,

	/**
	 * There is no room and there will not be, because all who could make it wait for it.
	 */
	SELF_DEADLOCK,

	/**
	 * The executor takes no more tasks.
	 */
	SHUT_DOWN

}
