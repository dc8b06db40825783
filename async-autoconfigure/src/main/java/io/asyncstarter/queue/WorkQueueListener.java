package io.asyncstarter.queue;

/**
 * Told what happens in a {@link WorkQueue}.
 * <p>
 * The calls come from the threads of producers and consumers, concurrently and never
 * under a lock; they delay the item, so they must be short and must not block. An
 * exception that a call throws is logged and otherwise ignored. Times are {@code long}s
 * because an object an item would cost more than the call.
 *
 * @since 0.1.0
 */
public interface WorkQueueListener {

	/**
	 * Called when a managed consumer has taken an item.
	 * @param queue the queue
	 * @param waitNanos how long the item waited, in nanoseconds
	 */
	default void itemTaken(WorkQueue<?> queue, long waitNanos) {
	}

	/**
	 * Called when a managed consumer has processed an item or a batch, all attempts
	 * included, successfully or not.
	 * @param queue the queue
	 * @param succeeded how many items were processed
	 * @param failed how many items failed
	 * @param runNanos how long it took, in nanoseconds
	 */
	default void itemsProcessed(WorkQueue<?> queue, int succeeded, int failed, long runNanos) {
	}

	/**
	 * Called when an item was not accepted.
	 * @param queue the queue
	 * @param closed whether that was because the queue is closed, and not because there
	 * was no room
	 */
	default void itemRejected(WorkQueue<?> queue, boolean closed) {
	}

	/**
	 * Called when an item was given up, after the letter was delivered or lost.
	 * @param queue the queue
	 * @param letter the item and what happened to it
	 * @param delivered whether the letter was delivered, or there is nobody to deliver it
	 * to
	 */
	default void deadLettered(WorkQueue<?> queue, DeadLetter<?> letter, boolean delivered) {
	}

}
