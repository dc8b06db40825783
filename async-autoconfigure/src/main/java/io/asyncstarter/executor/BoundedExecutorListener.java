package io.asyncstarter.executor;

/**
 * Told what happens to the tasks of a {@link BoundedExecutor}.
 * <p>
 * The calls come from the threads of the tasks and of their submitters, concurrently and
 * never under a lock; they delay the task, so they must be short and must not block. An
 * exception that a call throws is logged and otherwise ignored. Times are {@code long}s
 * because two objects a task would cost more than the calls.
 *
 * @since 0.1.0
 */
public interface BoundedExecutorListener {

	/**
	 * Called on the task's thread and in its context, right before it runs.
	 * @param executor the executor
	 * @param queuedNanos how long the task waited for its start, in nanoseconds
	 */
	default void beforeTask(BoundedExecutor executor, long queuedNanos) {
	}

	/**
	 * Called on the task's thread and in its context, once for each call of
	 * {@link #beforeTask}, when the task has ended in whatever way.
	 * @param executor the executor
	 * @param outcome how the task ended
	 * @param runNanos how long the task ran, in nanoseconds
	 */
	default void afterTask(BoundedExecutor executor, TaskOutcome outcome, long runNanos) {
	}

	/**
	 * Called when a task was refused, discarded or has expired before its start.
	 * @param executor the executor
	 * @param reason why the task was not run
	 */
	default void taskRejected(BoundedExecutor executor, RejectionReason reason) {
	}

	/**
	 * Called once, when the executor was shut down and the last accepted task has ended.
	 * @param executor the executor
	 */
	default void terminated(BoundedExecutor executor) {
	}

}
