package io.asyncstarter.queue;

/**
 * Is given the items that a queue has given up: by the consumer that failed to process
 * the item, on its thread, or by the producer whose item took the place of a dropped one,
 * on its thread, which may be an event loop's if the producer uses {@code send}. What it
 * throws is logged together with the item.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @param <T> the type of the items
 * @since 0.1.0
 */
@FunctionalInterface
public interface DeadLetterHandler<T> {

	/**
	 * Called once for each item that was given up.
	 * @param letter the item and what happened to it
	 * @throws Exception if the handler fails; the letter is lost to it then
	 */
	void handle(DeadLetter<T> letter) throws Exception;

}
