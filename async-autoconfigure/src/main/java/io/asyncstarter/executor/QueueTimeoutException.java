package io.asyncstarter.executor;

import java.time.Duration;

/**
 * The failure of a task's future when the task waited in the queue of a
 * {@link BoundedExecutor} for longer than {@code queue-timeout}. The task was not run and
 * will not be.
 *
 * @since 0.1.0
 */
public class QueueTimeoutException extends RuntimeException {

	private final String executorName;

	private final Duration queueTimeout;

	QueueTimeoutException(String executorName, Duration queueTimeout) {
		super("Task was not started by executor '%s' within its queue timeout of %d ms".formatted(executorName,
				queueTimeout.toMillis()));
		this.executorName = executorName;
		this.queueTimeout = queueTimeout;
	}

	/**
	 * Returns the name of the executor.
	 * @return the name
	 */
	public String getExecutorName() {
		return this.executorName;
	}

	/**
	 * Returns how long a task may wait in the queue.
	 * @return the queue timeout of the executor
	 */
	public Duration getQueueTimeout() {
		return this.queueTimeout;
	}

}
