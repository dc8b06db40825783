package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.task.BackgroundStats;
import io.asyncstarter.task.GroupOutcome;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.TaskListener;
import io.asyncstarter.task.Tasks;

/**
 * Meters of task groups, with a tag {@code name} that holds the group's name, and of
 * background tasks. The names of tasks are no tags: there may be as many as there are
 * tasks.
 *
 * @since 0.1.0
 */
public final class TaskMetrics implements MeterBinder {

	private final Tasks tasks;

	/**
	 * Creates a binder.
	 * @param tasks the groups and background tasks to measure
	 */
	public TaskMetrics(Tasks tasks) {
		this.tasks = tasks;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.tasks.addListener(new Recorder(registry));
		gauge(registry, "async.background.active", "Background tasks that have not ended", BackgroundStats::active);
		gauge(registry, "async.background.max", "Greatest number of background tasks", BackgroundStats::maxActive);
		counter(registry, "async.background.rejected", "Background tasks that were not taken",
				BackgroundStats::rejected);
		counter(registry, "async.background.unobserved",
				"Failures of background tasks that were reported because nobody asked for them",
				BackgroundStats::unobserved);
	}

	private void gauge(MeterRegistry registry, String name, String description,
			ToDoubleFunction<BackgroundStats> value) {
		Gauge.builder(name, this.tasks, (source) -> value.applyAsDouble(source.getBackgroundStats()))
			.description(description)
			.baseUnit("tasks")
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, String description,
			ToDoubleFunction<BackgroundStats> value) {
		FunctionCounter.builder(name, this.tasks, (source) -> value.applyAsDouble(source.getBackgroundStats()))
			.description(description)
			.baseUnit("tasks")
			.register(registry);
	}

	/**
	 * Records what happens. Meters are looked up once a name: the registry's own look-up
	 * builds tags each time.
	 */
	private static final class Recorder implements TaskListener {

		private final MeterRegistry registry;

		private final Map<String, Timer> waits = new ConcurrentHashMap<>();

		private final Map<String, Map<Enum<?>, Timer>> tasks = new ConcurrentHashMap<>();

		private final Map<String, Map<Enum<?>, Timer>> groups = new ConcurrentHashMap<>();

		private final Map<String, Map<Enum<?>, Timer>> background = new ConcurrentHashMap<>();

		private final Map<String, Counter> unresponsive = new ConcurrentHashMap<>();

		Recorder(MeterRegistry registry) {
			this.registry = registry;
		}

		@Override
		public void taskStarted(String group, String task, Duration waited) {
			meter(this.waits, group, (name) -> timer("async.task-group.wait", name, null,
					"Time between the fork of a task and its start"))
				.record(waited);
		}

		@Override
		public void taskEnded(String group, String task, Subtask.State state, Duration time) {
			timer(this.tasks, "async.task-group.tasks", group, state, "Time a task of a group has run").record(time);
		}

		@Override
		public void groupEnded(String group, GroupOutcome outcome, Duration time) {
			timer(this.groups, "async.task-group.groups", group, outcome, "Time a group was open").record(time);
		}

		@Override
		public void backgroundEnded(String name, Subtask.State state, Duration time) {
			timer(this.background, "async.background.runs", name, state, "Time a background task has run").record(time);
		}

		@Override
		public void unresponsive(String group, String task) {
			meter(this.unresponsive, group,
					(name) -> Counter.builder("async.task-group.unresponsive")
						.tag("name", name)
						.description("Tasks and bodies that did not end in time when they were asked to")
						.baseUnit("tasks")
						.register(this.registry))
				.increment();
		}

		private Timer timer(Map<String, Map<Enum<?>, Timer>> timers, String meter, String name, Enum<?> outcome,
				String description) {
			Map<Enum<?>, Timer> byOutcome = meter(timers, name, (key) -> new ConcurrentHashMap<>());
			Timer timer = byOutcome.get(outcome);
			return (timer != null) ? timer
					: byOutcome.computeIfAbsent(outcome, (key) -> timer(meter, name, key, description));
		}

		private Timer timer(String meter, String name, @Nullable Enum<?> outcome, String description) {
			Timer.Builder timer = Timer.builder(meter).tag("name", name).description(description);
			if (outcome != null) {
				timer.tag("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
			}
			return timer.register(this.registry);
		}

		private static <M> M meter(Map<String, M> meters, String name, Function<String, M> factory) {
			M meter = meters.get(name);
			return (meter != null) ? meter : meters.computeIfAbsent(name, factory);
		}

	}

}
