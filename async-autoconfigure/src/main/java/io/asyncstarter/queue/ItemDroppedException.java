package io.asyncstarter.queue;

/**
 * The cause of a {@link DeadLetter} whose item had to make room for a later one.
 *
 * @since 0.1.0
 */
public final class ItemDroppedException extends RuntimeException {

	ItemDroppedException(String queueName, int capacity) {
		super("Queue '%s' was full with %d items and dropped the oldest one".formatted(queueName, capacity), null,
				false, false);
	}

}
