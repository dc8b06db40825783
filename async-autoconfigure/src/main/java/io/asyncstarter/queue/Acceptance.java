package io.asyncstarter.queue;

/**
 * The answer to a producer.
 */
enum Acceptance {

	/**
	 * The item is in the queue.
	 */
	ACCEPTED,

	/**
	 * There is no room.
	 */
	FULL,

	/**
	 * The queue takes no more items.
	 */
	CLOSED,

	/**
	 * The queue needs to know more of an item than it did a moment ago: the producer is
	 * to come again with a new element.
	 */
	OUTDATED

}
