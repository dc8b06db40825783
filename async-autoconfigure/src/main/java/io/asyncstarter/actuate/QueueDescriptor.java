package io.asyncstarter.actuate;

import java.time.Duration;

import io.asyncstarter.queue.QueueOverloadPolicy;
import io.asyncstarter.queue.WorkQueueStats;

/**
 * What the endpoint says of a queue.
 *
 * @param state whether the queue takes and hands out items
 * @param paused whether consumers take no items for now; can be changed
 * @param consumers how many items, or batches, are processed side by side at most; can be
 * changed
 * @param capacity how many items may wait; can be changed
 * @param whenFull what happens with an item beyond that
 * @param size how many items wait
 * @param processing how many items are being processed
 * @param waitingProducers how many producers wait for room
 * @param oldestMillis how long the oldest item has waited, in milliseconds; zero if none
 * waits
 * @param full whether the next item finds no room
 * @param items what became of items so far
 * @param waited how long items have waited
 * @param processed how long it took to process an item, or a batch
 * @since 0.1.0
 */
public record QueueDescriptor(WorkQueueStats.State state, boolean paused, int consumers, int capacity,
		QueueOverloadPolicy whenFull, int size, long processing, int waitingProducers, long oldestMillis, boolean full,
		Items items, Times waited, Times processed) {

	static QueueDescriptor of(WorkQueueStats stats) {
		Duration oldest = stats.oldestAge();
		return new QueueDescriptor(stats.state(), stats.paused(), stats.consumers(), stats.capacity(),
				stats.overloadPolicy(), stats.size(), stats.processing(), stats.waitingProducers(),
				(oldest != null) ? oldest.toMillis() : 0, stats.size() >= stats.capacity(),
				new Items(stats.accepted(), stats.rejected(), stats.succeeded(), stats.failed(), stats.expired(),
						stats.dropped(), stats.lostDeadLetters()),
				Times.of(stats.waited()), Times.of(stats.processed()));
	}

	/**
	 * What became of items.
	 *
	 * @param accepted how many the queue took
	 * @param rejected how many it did not take
	 * @param succeeded how many were processed
	 * @param failed how many failed for good and became dead letters
	 * @param expired how many became dead letters since their deadline had passed
	 * @param dropped how many became dead letters since they had to make room
	 * @param lostDeadLetters how many dead letters could not be delivered
	 */
	public record Items(long accepted, long rejected, long succeeded, long failed, long expired, long dropped,
			long lostDeadLetters) {

	}

	/**
	 * Durations that were measured.
	 *
	 * @param count how many
	 * @param meanMillis their mean, in milliseconds
	 * @param maxMillis the longest of them, in milliseconds
	 */
	public record Times(long count, double meanMillis, double maxMillis) {

		private static final double NANOS = 1_000_000;

		static Times of(WorkQueueStats.Times times) {
			double total = times.total().toNanos() / NANOS;
			return new Times(times.count(), (times.count() > 0) ? total / times.count() : 0,
					times.longest().toNanos() / NANOS);
		}

	}

}
