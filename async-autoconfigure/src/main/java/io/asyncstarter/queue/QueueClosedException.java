package io.asyncstarter.queue;

/**
 * Thrown when an item is put into a {@link WorkQueue} that takes no more, or asked of one
 * that will have no more.
 *
 * @since 0.1.0
 */
public final class QueueClosedException extends RuntimeException {

	private final String queueName;

	QueueClosedException(String queueName) {
		super("Queue '%s' is closed".formatted(queueName));
		this.queueName = queueName;
	}

	/**
	 * Returns the name of the queue.
	 * @return the name
	 */
	public String getQueueName() {
		return this.queueName;
	}

}
