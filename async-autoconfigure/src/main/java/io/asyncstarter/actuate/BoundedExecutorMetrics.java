package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorListener;
import io.asyncstarter.executor.BoundedExecutorStats;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.RejectionReason;
import io.asyncstarter.executor.TaskOutcome;

/**
 * Meters of the bounded executors, with a tag {@code name}. Where Micrometer has a name
 * for the same thing on other executors ({@code executor.*}) it is used, so that
 * dashboards fit; the rest is {@code async.executor.*}.
 *
 * @since 0.1.0
 */
public final class BoundedExecutorMetrics implements MeterBinder {

	private final BoundedExecutors executors;

	/**
	 * Creates a binder.
	 * @param executors the executors to measure
	 */
	public BoundedExecutorMetrics(BoundedExecutors executors) {
		this.executors = executors;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (BoundedExecutor executor : this.executors.all()) {
			Tags tags = Tags.of("name", executor.getName());
			bindGauges(registry, executor, tags);
			bindCounters(registry, executor, tags);
			executor.addListener(new TaskMeters(registry, tags));
		}
	}

	private static void bindGauges(MeterRegistry registry, BoundedExecutor executor, Tags tags) {
		gauge(registry, executor, tags, "executor.active", "Tasks that run", BoundedExecutorStats::running);
		gauge(registry, executor, tags, "executor.queued", "Tasks that wait to be run", BoundedExecutorStats::queued);
		gauge(registry, executor, tags, "executor.queue.remaining", "Tasks that could wait in addition",
				(stats) -> Math.max(0, stats.queueCapacity() - stats.queued()));
		gauge(registry, executor, tags, "executor.pool.max", "Greatest number of tasks that run at once",
				BoundedExecutorStats::maxConcurrency);
		gauge(registry, executor, tags, "async.executor.submitters.waiting", "Threads that wait for room",
				BoundedExecutorStats::waitingSubmitters);
		TimeGauge
			.builder("async.executor.queue.oldest", executor, TimeUnit.NANOSECONDS,
					(source) -> Objects.requireNonNullElse(source.getStats().oldestQueued(), Duration.ZERO).toNanos())
			.tags(tags)
			.description("Time for which the first task of the queue has waited")
			.register(registry);
	}

	private static void gauge(MeterRegistry registry, BoundedExecutor executor, Tags tags, String name,
			String description, ToDoubleFunction<BoundedExecutorStats> value) {
		Gauge.builder(name, executor, (source) -> value.applyAsDouble(source.getStats()))
			.tags(tags)
			.description(description)
			.baseUnit(BaseUnits.TASKS)
			.register(registry);
	}

	private static void bindCounters(MeterRegistry registry, BoundedExecutor executor, Tags tags) {
		counter(registry, executor, tags, "executor.completed", "Tasks that have ended, in whatever way",
				BoundedExecutorStats::completed);
		counter(registry, executor, tags, "async.executor.caller.runs", "Tasks that ran on their submitter's thread",
				BoundedExecutorStats::callerRuns);
		counter(registry, executor, tags, "async.executor.stalls",
				"Times at which all running tasks waited for tasks in the queue", BoundedExecutorStats::stalls);
	}

	private static void counter(MeterRegistry registry, BoundedExecutor executor, Tags tags, String name,
			String description, ToDoubleFunction<BoundedExecutorStats> value) {
		FunctionCounter.builder(name, executor, (source) -> value.applyAsDouble(source.getStats()))
			.tags(tags)
			.description(description)
			.register(registry);
	}

	/**
	 * The meters that are told of each task.
	 */
	private static final class TaskMeters implements BoundedExecutorListener {

		private final Timer queueWait;

		private final Map<TaskOutcome, Timer> runs = new EnumMap<>(TaskOutcome.class);

		private final Map<RejectionReason, Counter> rejections = new EnumMap<>(RejectionReason.class);

		private TaskMeters(MeterRegistry registry, Tags tags) {
			this.queueWait = Timer.builder("async.executor.queue.wait")
				.tags(tags)
				.description("Time between the submission of a task and its start")
				.register(registry);
			for (TaskOutcome outcome : TaskOutcome.values()) {
				Timer run = Timer.builder("async.executor.run")
					.tags(tags)
					.tag("outcome", tagValue(outcome))
					.description("Time between the start of a task and its end")
					.register(registry);
				this.runs.put(outcome, run);
			}
			for (RejectionReason reason : RejectionReason.values()) {
				Counter rejection = Counter.builder("async.executor.rejected")
					.tags(tags)
					.tag("reason", tagValue(reason))
					.description("Tasks that were not run")
					.baseUnit(BaseUnits.TASKS)
					.register(registry);
				this.rejections.put(reason, rejection);
			}
		}

		private static String tagValue(Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

		@Override
		public void beforeTask(BoundedExecutor executor, long queuedNanos) {
			this.queueWait.record(queuedNanos, TimeUnit.NANOSECONDS);
		}

		@Override
		public void afterTask(BoundedExecutor executor, TaskOutcome outcome, long runNanos) {
			Objects.requireNonNull(this.runs.get(outcome)).record(runNanos, TimeUnit.NANOSECONDS);
		}

		@Override
		public void taskRejected(BoundedExecutor executor, RejectionReason reason) {
			Objects.requireNonNull(this.rejections.get(reason)).increment();
		}

	}

}
