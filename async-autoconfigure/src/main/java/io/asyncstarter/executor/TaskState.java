package io.asyncstarter.executor;

/**
 * Where a task is, seen from its executor.
 */
enum TaskState {

	/**
	 * Not admitted yet, or refused.
	 */
	NEW,

	/**
	 * Its submitter waits for room.
	 */
	WAITING,

	/**
	 * In the queue.
	 */
	QUEUED,

	/**
	 * Holds a permit; its thread is being started.
	 */
	STARTING,

	/**
	 * Holds a permit and has its thread.
	 */
	RUNNING,

	/**
	 * Runs on the thread of a task that joins it, on that task's permit.
	 */
	HELPED,

	/**
	 * Ended, or taken out of the queue without having run.
	 */
	GONE

}
