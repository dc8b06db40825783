package io.asyncstarter.executor;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;

/**
 * Thrown, or the failure of a discarded task's future, when a {@link BoundedExecutor} had
 * no room for a task. The task was not run and will not be.
 *
 * @since 0.1.0
 */
public final class ExecutorSaturatedException extends TaskRejectedException {

	private final RejectionReason reason;

	private final BoundedExecutorStats stats;

	ExecutorSaturatedException(RejectionReason reason, BoundedExecutorStats stats, String what,
			@Nullable Throwable cause) {
		super("Executor '%s' %s: %d of %d running, %d of %d queued".formatted(stats.name(), what, stats.running(),
				stats.maxConcurrency(), stats.queued(), stats.queueCapacity()));
		if (cause != null) {
			initCause(cause);
		}
		this.reason = reason;
		this.stats = stats;
	}

	/**
	 * Returns the name of the executor.
	 * @return the name
	 */
	public String getExecutorName() {
		return this.stats.name();
	}

	/**
	 * Returns why there was no room.
	 * @return the reason
	 */
	public RejectionReason getReason() {
		return this.reason;
	}

	/**
	 * Returns the executor's limits and figures at about the time of the rejection.
	 * @return the figures
	 */
	public BoundedExecutorStats getStats() {
		return this.stats;
	}

}
