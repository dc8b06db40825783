package io.asyncstarter.actuate;

import java.util.Map;

import io.asyncstarter.executor.BoundedExecutorStats;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.RejectionReason;
import io.asyncstarter.executor.ThreadKind;

/**
 * What the endpoint says of an executor.
 *
 * @param state whether the executor takes tasks
 * @param threads the kind of its threads
 * @param maxConcurrency how many tasks may run at once; can be changed
 * @param queueCapacity how many tasks may wait in the queue; can be changed
 * @param whenFull what happens with a task beyond both
 * @param running how many tasks run
 * @param queued how many tasks wait in the queue
 * @param waitingSubmitters how many threads wait for room
 * @param oldestQueuedMillis how long the first task of the queue has waited, in
 * milliseconds; zero if none waits
 * @param saturated whether the next task finds no room
 * @param tasks how many tasks have ended so far, by how
 * @param rejected how many tasks were not run so far, by reason
 * @param stalls how often all running tasks waited for tasks in the queue
 * @since 0.1.0
 */
public record ExecutorDescriptor(BoundedExecutorStats.State state, ThreadKind threads, int maxConcurrency,
		int queueCapacity, OverloadPolicy whenFull, int running, int queued, int waitingSubmitters,
		long oldestQueuedMillis, boolean saturated, Tasks tasks, Map<RejectionReason, Long> rejected, long stalls) {

	static ExecutorDescriptor of(BoundedExecutorStats stats) {
		return new ExecutorDescriptor(stats.state(), stats.threads(), stats.maxConcurrency(), stats.queueCapacity(),
				stats.overloadPolicy(), stats.running(), stats.queued(), stats.waitingSubmitters(),
				(stats.oldestQueued() != null) ? stats.oldestQueued().toMillis() : 0,
				stats.running() >= stats.maxConcurrency() && stats.queued() >= stats.queueCapacity(),
				new Tasks(stats.succeeded(), stats.failed(), stats.cancelled(), stats.callerRuns()), stats.rejected(),
				stats.stalls());
	}

	/**
	 * How tasks have ended.
	 *
	 * @param succeeded how many returned
	 * @param failed how many threw an exception
	 * @param cancelled how many were cancelled
	 * @param callerRuns how many of these ran on their submitter's thread
	 */
	public record Tasks(long succeeded, long failed, long cancelled, long callerRuns) {

	}

}
