package io.asyncstarter.queue;

import java.time.Duration;
import java.util.List;

/**
 * Brings a queue to its end.
 *
 * @param <T> the type of the items
 */
final class QueueDrain<T> {

	private final WorkQueue<T> queue;

	private final Duration gracePeriod;

	private final Duration cancelPeriod;

	QueueDrain(WorkQueue<T> queue, Duration gracePeriod, Duration cancelPeriod) {
		this.queue = queue;
		this.gracePeriod = gracePeriod;
		this.cancelPeriod = cancelPeriod;
	}

	QueueDrainReport<T> run() {
		WorkQueueStats before = this.queue.getStats();
		long start = this.queue.timer().nanoTime();
		this.queue.close();
		boolean paused = before.paused() && before.consumers() > 0;
		if (!paused) {
			join(this.gracePeriod);
		}
		List<T> left = this.queue.shutdownNow();
		join(this.cancelPeriod);
		List<T> abandoned = this.queue.getConsumers()
			.stream()
			.flatMap((consumers) -> consumers.processing().stream())
			.toList();
		WorkQueueStats after = this.queue.getStats();
		return new QueueDrainReport<>(this.queue.getName(), after.succeeded() - before.succeeded(),
				after.deadLettered() - before.deadLettered(), left, abandoned, after.unfinished(),
				Duration.ofNanos(this.queue.timer().nanoTime() - start));
	}

	/**
	 * Waits until all items are done or the time is up, and not at all on a thread that
	 * is interrupted.
	 */
	private void join(Duration time) {
		try {
			this.queue.join(time);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
