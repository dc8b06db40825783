package io.asyncstarter.executor;

import java.util.Collection;
import java.util.List;

/**
 * Thrown when a {@link BoundedExecutor} is asked for by a name that none has.
 *
 * @since 0.1.0
 */
public class NoSuchExecutorException extends RuntimeException {

	private final String executorName;

	private final List<String> availableNames;

	/**
	 * Creates an exception.
	 * @param executorName the name that was asked for
	 * @param availableNames the names that there are
	 */
	public NoSuchExecutorException(String executorName, Collection<String> availableNames) {
		super("There is no executor named '%s'; there are: %s".formatted(executorName,
				String.join(", ", availableNames)));
		this.executorName = executorName;
		this.availableNames = List.copyOf(availableNames);
	}

	/**
	 * Returns the name that was asked for.
	 * @return the name
	 */
	public String getExecutorName() {
		return this.executorName;
	}

	/**
	 * Returns the names of the executors that there are.
	 * @return the names, unmodifiable
	 */
	public List<String> getAvailableNames() {
		return this.availableNames;
	}

}
