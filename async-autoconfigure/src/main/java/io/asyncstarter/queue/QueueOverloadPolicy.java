package io.asyncstarter.queue;

/**
 * What a {@link WorkQueue} does with an item when as many wait as it allows.
 *
 * @since 0.1.0
 */
public enum QueueOverloadPolicy {

	/**
	 * Has the producer wait for room, in the order of arrival and at most for
	 * {@code max-wait}; then refuses the item. This is what holds producers back.
	 */
	WAIT,

	/**
	 * Refuses the item with a {@link QueueFullException}, at once.
	 */
	REJECT,

	/**
	 * Takes the item in place of the one that has waited longest, which becomes a
	 * {@link DeadLetter}.
	 */
	DROP_OLDEST

}
