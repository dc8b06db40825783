package io.asyncstarter.queue;

import java.util.Collection;
import java.util.List;

/**
 * Thrown when a {@link WorkQueue} is asked for by a name that none has.
 *
 * @since 0.1.0
 */
public class NoSuchQueueException extends RuntimeException {

	private final String queueName;

	private final List<String> availableNames;

	/**
	 * Creates an exception.
	 * @param queueName the name that was asked for
	 * @param availableNames the names that there are
	 */
	public NoSuchQueueException(String queueName, Collection<String> availableNames) {
		super("There is no queue named '%s'; there are: %s".formatted(queueName, String.join(", ", availableNames)));
		this.queueName = queueName;
		this.availableNames = List.copyOf(availableNames);
	}

	/**
	 * Returns the name that was asked for.
	 * @return the name
	 */
	public String getQueueName() {
		return this.queueName;
	}

	/**
	 * Returns the names of the queues that there are.
	 * @return the names, unmodifiable
	 */
	public List<String> getAvailableNames() {
		return this.availableNames;
	}

}
