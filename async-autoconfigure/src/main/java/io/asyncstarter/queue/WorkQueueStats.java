package io.asyncstarter.queue;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Limits and figures of a {@link WorkQueue}.
 *
 * @param name the name of the queue
 * @param state whether it takes and hands out items
 * @param overloadPolicy what happens with an item when there is no room
 * @param capacity how many items may wait
 * @param size how many items wait
 * @param processing how many items have been taken and are not done
 * @param waitingProducers how many producers wait for room
 * @param waitingTakers how many threads wait in {@code take} and {@code poll}
 * @param consumers how many managed consumers there are
 * @param paused whether the managed consumers are paused
 * @param oldestAge how long the oldest waiting item has waited, or {@code null} if none
 * waits
 * @param accepted how many items were accepted so far
 * @param rejected how many items were not accepted so far, because there was no room or
 * the queue was closed
 * @param succeeded how many items managed consumers have processed so far
 * @param failed how many items failed for good so far; each became a dead letter
 * @param expired how many items were not processed because their deadline had passed;
 * each became a dead letter
 * @param dropped how many items had to make room for others so far; each became a dead
 * letter
 * @param lostDeadLetters how many dead letters could not be delivered; each was logged
 * @param waited how long the items that managed consumers took have waited
 * @param processed how long managed consumers took to process items, or batches
 * @since 0.1.0
 */
public record WorkQueueStats(String name, State state, QueueOverloadPolicy overloadPolicy, int capacity, int size,
		long processing, int waitingProducers, int waitingTakers, int consumers, boolean paused,
		@Nullable Duration oldestAge, long accepted, long rejected, long succeeded, long failed, long expired,
		long dropped, long lostDeadLetters, Times waited, Times processed) {

	/**
	 * Returns how many items were accepted and are not done.
	 * @return the number of items
	 */
	public long unfinished() {
		return this.size + this.processing;
	}

	/**
	 * Returns how many items became dead letters.
	 * @return the number of items
	 */
	public long deadLettered() {
		return this.failed + this.expired + this.dropped;
	}

	/**
	 * The states of a queue.
	 */
	public enum State {

		/**
		 * Takes and hands out items.
		 */
		OPEN,

		/**
		 * Takes no more items, and hands out those that it has.
		 */
		CLOSED,

		/**
		 * Neither takes nor hands out items.
		 */
		STOPPED

	}

	/**
	 * Durations that were measured.
	 *
	 * @param count how many
	 * @param total their sum
	 * @param longest the longest of them
	 */
	public record Times(long count, Duration total, Duration longest) {

	}

}
