package io.asyncstarter.executor;

import org.springframework.core.task.TaskRejectedException;

/**
 * Thrown when a task is handed to a {@link BoundedExecutor} that was shut down. The task
 * was not run and will not be.
 *
 * @since 0.1.0
 */
public class ExecutorShutDownException extends TaskRejectedException {

	private final String executorName;

	ExecutorShutDownException(String executorName) {
		super("Executor '%s' was shut down and takes no more tasks".formatted(executorName));
		this.executorName = executorName;
	}

	/**
	 * Returns the name of the executor.
	 * @return the name
	 */
	public String getExecutorName() {
		return this.executorName;
	}

}
