package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;

import io.asyncstarter.queue.ItemInProcess;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueueStats;

/**
 * Brings a work queue to its end: it takes no more items, and its consumers process those
 * that it has. A queue that nobody takes items from, because it has no consumers or they
 * are paused, is not waited for.
 *
 * @since 0.1.0
 */
public final class WorkQueueDrain implements ShutdownParticipant {

	/**
	 * Longer than somebody who takes items by hand needs between two of them.
	 */
	private static final Duration GLANCE = Duration.ofMillis(50);

	private final WorkQueue<?> queue;

	private final long endedBefore;

	private List<?> dropped = List.of();

	/**
	 * Creates a drain, which counts items from now on.
	 * @param queue the queue
	 */
	public WorkQueueDrain(WorkQueue<?> queue) {
		this.queue = queue;
		this.endedBefore = ended(queue.getStats());
	}

	private static long ended(WorkQueueStats stats) {
		return stats.accepted() - stats.unfinished();
	}

	@Override
	public ShutdownStage getStage() {
		return ShutdownStage.QUEUES;
	}

	@Override
	public void refuse() {
		this.queue.close();
	}

	@Override
	public boolean awaitEnd(Duration atMost) throws InterruptedException {
		Duration glance = (atMost.compareTo(GLANCE) < 0) ? atMost : GLANCE;
		return this.queue.join(glance) || (!isLeftAlone() && this.queue.join(atMost.minus(glance)));
	}

	/**
	 * Returns whether there is nobody who would take the items.
	 */
	private boolean isLeftAlone() {
		WorkQueueStats stats = this.queue.getStats();
		return stats.processing() == 0 && stats.waitingTakers() == 0 && (stats.consumers() == 0 || stats.paused());
	}

	@Override
	public List<ShutdownAccount> accounts() {
		WorkQueueStats stats = this.queue.getStats();
		List<UnfinishedWork> dropped = this.dropped.stream()
			.map((item) -> UnfinishedWork.waiting(name(item), null, item))
			.toList();
		return List.of(new ShutdownAccount("queue", this.queue.getName(), ended(stats) - this.endedBefore,
				stats.unfinished(), details(), dropped));
	}

	private List<UnfinishedWork> details() {
		return this.queue.getItemsInProcess().stream().<UnfinishedWork>map(WorkQueueDrain::describe).toList();
	}

	private static UnfinishedWork describe(ItemInProcess<?> item) {
		Thread thread = item.thread();
		UnfinishedWork work = (thread != null) ? UnfinishedWork.on(name(item.item()), item.age(), thread)
				: UnfinishedWork.waiting(name(item.item()), item.age(), null);
		return work.about(item.item());
	}

	/**
	 * Returns what an item may be called in a log, which is not what it says.
	 */
	private static String name(Object item) {
		return "an item of type %s".formatted(item.getClass().getSimpleName());
	}

	@Override
	public void cancel() {
		this.dropped = this.queue.shutdownNow();
	}

}
