package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueueListener;
import io.asyncstarter.queue.WorkQueueStats;
import io.asyncstarter.queue.WorkQueues;

/**
 * Meters of the work queues, with a tag {@code name}.
 *
 * @since 0.1.0
 */
public final class QueueMetrics implements MeterBinder {

	private static final String ITEMS = "items";

	private final WorkQueues queues;

	/**
	 * Creates a binder.
	 * @param queues the queues to measure
	 */
	public QueueMetrics(WorkQueues queues) {
		this.queues = queues;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (WorkQueue<?> queue : this.queues.all()) {
			Tags tags = Tags.of("name", queue.getName());
			bindGauges(registry, queue, tags);
			bindCounters(registry, queue, tags);
			queue.addListener(new ItemMeters(registry, tags));
		}
	}

	private static void bindGauges(MeterRegistry registry, WorkQueue<?> queue, Tags tags) {
		gauge(registry, queue, tags, "async.queue.size", "Items that wait", ITEMS, WorkQueueStats::size);
		gauge(registry, queue, tags, "async.queue.remaining", "Items that could wait in addition", ITEMS,
				(stats) -> Math.max(0, stats.capacity() - stats.size()));
		gauge(registry, queue, tags, "async.queue.processing", "Items that are being processed", ITEMS,
				WorkQueueStats::processing);
		gauge(registry, queue, tags, "async.queue.producers.waiting", "Producers that wait for room", "producers",
				WorkQueueStats::waitingProducers);
		gauge(registry, queue, tags, "async.queue.consumers", "Consumers that there are", "consumers",
				WorkQueueStats::consumers);
		gauge(registry, queue, tags, "async.queue.paused", "Whether consumers are paused: 1 or 0", null,
				(stats) -> (stats.paused()) ? 1 : 0);
		TimeGauge
			.builder("async.queue.oldest", queue, TimeUnit.NANOSECONDS,
					(source) -> Objects.requireNonNullElse(source.getStats().oldestAge(), Duration.ZERO).toNanos())
			.tags(tags)
			.description("Time for which the oldest item has waited")
			.register(registry);
	}

	private static void gauge(MeterRegistry registry, WorkQueue<?> queue, Tags tags, String name, String description,
			@Nullable String unit, ToDoubleFunction<WorkQueueStats> value) {
		Gauge.builder(name, queue, (source) -> value.applyAsDouble(source.getStats()))
			.tags(tags)
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

	private static void bindCounters(MeterRegistry registry, WorkQueue<?> queue, Tags tags) {
		counter(registry, queue, tags, "async.queue.accepted", "Items that were accepted", WorkQueueStats::accepted);
		counter(registry, queue, tags, "async.queue.rejected", "Items that were not accepted",
				WorkQueueStats::rejected);
		counter(registry, queue, tags, "async.queue.succeeded", "Items that were processed", WorkQueueStats::succeeded);
		String deadLetters = "async.queue.dead.letters";
		String description = "Items that were given up";
		counter(registry, queue, tags.and("reason", "failed"), deadLetters, description, WorkQueueStats::failed);
		counter(registry, queue, tags.and("reason", "expired"), deadLetters, description, WorkQueueStats::expired);
		counter(registry, queue, tags.and("reason", "dropped"), deadLetters, description, WorkQueueStats::dropped);
		counter(registry, queue, tags, "async.queue.dead.letters.lost", "Dead letters that could not be delivered",
				WorkQueueStats::lostDeadLetters);
	}

	private static void counter(MeterRegistry registry, WorkQueue<?> queue, Tags tags, String name, String description,
			ToDoubleFunction<WorkQueueStats> value) {
		FunctionCounter.builder(name, queue, (source) -> value.applyAsDouble(source.getStats()))
			.tags(tags)
			.description(description)
			.baseUnit(ITEMS)
			.register(registry);
	}

	/**
	 * The meters that are told of each item.
	 */
	private static final class ItemMeters implements WorkQueueListener {

		private final Timer wait;

		private final Timer succeeded;

		private final Timer failed;

		private ItemMeters(MeterRegistry registry, Tags tags) {
			this.wait = Timer.builder("async.queue.wait")
				.tags(tags)
				.description("Time between the acceptance of an item and the start of its processing")
				.register(registry);
			this.succeeded = processing(registry, tags, "succeeded");
			this.failed = processing(registry, tags, "failed");
		}

		private static Timer processing(MeterRegistry registry, Tags tags, String outcome) {
			return Timer.builder("async.queue.process")
				.tags(tags)
				.tag("outcome", outcome)
				.description("Time that the processing of an item or batch took, all attempts included")
				.register(registry);
		}

		@Override
		public void itemTaken(WorkQueue<?> queue, long waitNanos) {
			this.wait.record(waitNanos, TimeUnit.NANOSECONDS);
		}

		@Override
		public void itemsProcessed(WorkQueue<?> queue, int succeeded, int failed, long runNanos) {
			((failed > 0) ? this.failed : this.succeeded).record(runNanos, TimeUnit.NANOSECONDS);
		}

	}

}
