package io.asyncstarter.executor;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The limits and figures of a {@link BoundedExecutor}, all read in the same moment.
 *
 * @param name the name of the executor
 * @param threads the kind of its threads
 * @param maxConcurrency how many tasks may run at once
 * @param queueCapacity how many tasks may wait in the queue
 * @param overloadPolicy what happens with a task beyond both
 * @param running how many tasks run
 * @param queued how many tasks wait in the queue
 * @param waitingSubmitters how many threads wait for room
 * @param oldestQueued how long the task at the head of the queue has waited, or
 * {@code null} if none waits
 * @param succeeded how many tasks returned
 * @param failed how many tasks threw an exception
 * @param cancelled how many tasks were cancelled, before or after their start
 * @param callerRuns how many tasks ran on the submitting thread; they are counted by
 * outcome too
 * @param rejected how many tasks were never run, by reason; reasons that did not occur
 * are absent
 * @param stalls how often all running tasks were found to wait for tasks that they had
 * submitted to this same executor and that were waiting in its queue
 * @param state the state of the executor
 * @since 0.1.0
 */
public record BoundedExecutorStats(String name, ThreadKind threads, int maxConcurrency, int queueCapacity,
		OverloadPolicy overloadPolicy, int running, int queued, int waitingSubmitters, @Nullable Duration oldestQueued,
		long succeeded, long failed, long cancelled, long callerRuns, Map<RejectionReason, Long> rejected, long stalls,
		State state) {

	/**
	 * Returns how many tasks ended after their start or were cancelled before it.
	 * @return the number of tasks
	 */
	public long completed() {
		return this.succeeded + this.failed + this.cancelled;
	}

	/**
	 * The states of an executor.
	 */
	public enum State {

		/**
		 * Takes tasks.
		 */
		ACTIVE,

		/**
		 * Takes no more tasks; accepted ones are still to end.
		 */
		SHUTTING_DOWN,

		/**
		 * All accepted tasks have ended.
		 */
		TERMINATED

	}

}
