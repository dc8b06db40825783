package io.asyncstarter.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.util.ReflectionUtils;

import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorStats;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.FairBulkhead;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.sync.ConcurrencyLimiter;
import io.asyncstarter.task.Tasks;

/**
 * Knows what can be counted of the objects of this library.
 */
final class Resources {

	private Resources() {
	}

	/**
	 * Returns the values of all fields of an object, those of its super classes and
	 * static ones included.
	 */
	static List<Object> inFieldsOf(Object test) {
		List<Object> values = new ArrayList<>();
		ReflectionUtils.doWithFields(test.getClass(), (field) -> {
			ReflectionUtils.makeAccessible(field);
			Object value = field.get(test);
			if (value != null) {
				values.add(value);
			}
		}, (field) -> !field.getType().isPrimitive() && !field.getDeclaringClass().getName().startsWith("java."));
		return values;
	}

	/**
	 * Returns what can be counted of objects, and of the shared timer.
	 */
	static List<Resource> withSharedTimer(Collection<Object> objects) {
		return Stream.concat(Stream.of(timer(DeadlineTimer.shared(), "Shared timer")), of(objects).stream())
			.distinct()
			.toList();
	}

	/**
	 * Returns what can be counted of objects.
	 */
	static List<Resource> of(Collection<?> objects) {
		return objects.stream().flatMap(Resources::of).distinct().toList();
	}

	private static Stream<Resource> of(Object object) {
		return switch (object) {
			case BoundedExecutor executor -> Stream.of(new Resource(executor,
					"Executor '%s'".formatted(executor.getName()), "running, queued or waiting tasks", () -> {
						BoundedExecutorStats stats = executor.getStats();
						return (long) stats.running() + stats.queued() + stats.waitingSubmitters();
					}));
			case BoundedExecutors executors -> executors.all().stream().flatMap(Resources::of);
			case ConcurrencyLimiter limiter -> Stream
				.of(new Resource(limiter, "Limiter '%s'".formatted(limiter.getName()), "permits taken or waited for",
						() -> (long) limiter.getTakenCount() + limiter.getWaitingCount()));
			case FairBulkhead bulkhead -> Stream
				.of(new Resource(bulkhead, "Bulkhead '%s'".formatted(bulkhead.getName()), "permits taken or waited for",
						() -> (long) bulkhead.getInFlightCount() + bulkhead.getWaitingCount()));
			case Policy policy -> policy.getBulkhead().stream().flatMap(Resources::of);
			case Policies policies -> policies.all().stream().flatMap(Resources::of);
			case Tasks tasks -> Stream.of(new Resource(tasks, "Tasks", "open groups and running tasks",
					() -> (long) tasks.tree().roots().size() + tasks.tree().omitted()));
			case DeadlineTimer timer -> Stream.of(timer(timer, "Timer"));
			default -> Stream.empty();
		};
	}

	private static Resource timer(DeadlineTimer timer, String name) {
		return new Resource(timer, name, "armed timers", timer::armed);
	}

}
