package io.asyncstarter.queue;

import java.time.Instant;

/**
 * An item that a queue has given up.
 *
 * @param <T> the type of the item
 * @param item the item
 * @param queue the name of the queue
 * @param reason why the queue has given the item up
 * @param cause what the last attempt failed with; a
 * {@link io.asyncstarter.deadline.DeadlineExceededException} if the item's deadline had
 * passed before there was one; an {@link ItemDroppedException} if it had to make room
 * @param attempts how often it was tried to process the item; zero if never
 * @param acceptedAt when the queue took the item
 * @param givenUpAt when it gave it up
 * @since 0.1.0
 */
public record DeadLetter<T>(T item, String queue, Reason reason, Throwable cause, int attempts, Instant acceptedAt,
		Instant givenUpAt) {

	/**
	 * Why an item was given up.
	 */
	public enum Reason {

		/**
		 * It could not be processed.
		 */
		FAILED,

		/**
		 * Its deadline had passed before it was processed.
		 */
		EXPIRED,

		/**
		 * It had to make room for a later one.
		 */
		DROPPED

	}

}
