package io.asyncstarter.queue;

import java.time.Duration;
import java.util.List;

/**
 * What became of the items of a queue that was drained.
 *
 * @param <T> the type of the items
 * @param queue the name of the queue
 * @param processed how many items managed consumers have processed meanwhile
 * @param deadLettered how many items became dead letters meanwhile
 * @param notProcessed the items that were accepted and not taken by any consumer
 * @param abandoned the items that managed consumers were still processing in the end
 * @param unfinished how many items had been taken and were not done in the end, those of
 * consumers made by hand included
 * @param elapsed how long it took
 * @since 0.1.0
 */
public record QueueDrainReport<T>(String queue, long processed, long deadLettered, List<T> notProcessed,
		List<T> abandoned, long unfinished, Duration elapsed) {

	public QueueDrainReport {
		notProcessed = List.copyOf(notProcessed);
		abandoned = List.copyOf(abandoned);
	}

	/**
	 * Returns whether nothing was left behind.
	 * @return whether each item was processed or became a dead letter
	 */
	public boolean isComplete() {
		return this.notProcessed.isEmpty() && this.unfinished == 0;
	}

}
