package io.asyncstarter.queue;

/**
 * Thrown when a {@link WorkQueue} had no room for an item. The item is not in the queue.
 *
 * @since 0.1.0
 */
public final class QueueFullException extends RuntimeException {

	private final String queueName;

	private final int capacity;

	QueueFullException(String queueName, int size, int capacity, int waitingProducers) {
		super("Queue '%s' had no room for an item: %d of %d waiting, %d producers before".formatted(queueName, size,
				capacity, waitingProducers));
		this.queueName = queueName;
		this.capacity = capacity;
	}

	/**
	 * Returns the name of the queue.
	 * @return the name
	 */
	public String getQueueName() {
		return this.queueName;
	}

	/**
	 * Returns how many items could wait.
	 * @return the capacity
	 */
	public int getCapacity() {
		return this.capacity;
	}

}
