package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import org.springframework.boot.health.contributor.Status;

import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueueStats;

/**
 * Finds queues whose oldest item has waited for long: their consumers are too slow, or
 * stuck. The application is {@link Status#OUT_OF_SERVICE}, so that it gets less work to
 * put there; what is queued would be lost by a restart. A queue whose consumers are
 * paused is left alone, since somebody wants it so.
 *
 * @since 0.1.0
 */
public final class QueueHealthCheck implements AsyncHealthCheck {

	private final Supplier<? extends Collection<? extends WorkQueue<?>>> queues;

	private final Duration oldestAbove;

	/**
	 * Creates a check.
	 * @param queues gives the queues
	 * @param oldestAbove how long an item may wait
	 */
	public QueueHealthCheck(Supplier<? extends Collection<? extends WorkQueue<?>>> queues, Duration oldestAbove) {
		this.queues = queues;
		this.oldestAbove = oldestAbove;
	}

	@Override
	public String getName() {
		return "queues";
	}

	@Override
	public List<AsyncHealthProblem> check() {
		List<AsyncHealthProblem> problems = new ArrayList<>();
		for (WorkQueue<?> queue : this.queues.get()) {
			WorkQueueStats stats = queue.getStats();
			Duration oldest = stats.oldestAge();
			if (oldest != null && !stats.paused() && oldest.compareTo(this.oldestAbove) > 0) {
				problems.add(new AsyncHealthProblem(stats.name(), Status.OUT_OF_SERVICE,
						"The oldest item has waited for %d s: %d of %d items wait, %d consumers"
							.formatted(oldest.toSeconds(), stats.size(), stats.capacity(), stats.consumers())));
			}
		}
		return problems;
	}

}
