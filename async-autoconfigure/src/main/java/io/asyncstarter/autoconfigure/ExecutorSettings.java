package io.asyncstarter.autoconfigure;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.ThreadKind;

/**
 * The executors that there are, and the settings of each: what is configured, or the
 * default of its name and of its kind of threads. {@code io} and {@code cpu} are always
 * there.
 */
final class ExecutorSettings {

	static final String IO = "io";

	static final String CPU = "cpu";

	private static final int VIRTUAL_MAX_CONCURRENCY = 200;

	private static final int VIRTUAL_QUEUE_CAPACITY = 1000;

	private static final int PLATFORM_QUEUE_CAPACITY = 100;

	private static final ExecutorProperties NOTHING = new ExecutorProperties(null, null, null, null, null, null, null);

	private ExecutorSettings() {
	}

	/**
	 * Returns the names of all executors.
	 */
	static SortedSet<String> names(AsyncProperties properties) {
		SortedSet<String> names = new TreeSet<>(properties.executors().keySet());
		names.add(IO);
		names.add(CPU);
		return names;
	}

	static BoundedExecutor.Builder builder(String name, AsyncProperties properties) {
		ExecutorProperties executor = orElse(properties.executors(), name);
		ThreadKind threads = threads(name, executor);
		boolean virtual = threads == ThreadKind.VIRTUAL;
		BoundedExecutor.Builder builder = BoundedExecutor.builder(name)
			.threads(threads)
			.maxConcurrency(maxConcurrency(name, properties))
			.queueCapacity(
					orElse(executor.queueCapacity(), (virtual) ? VIRTUAL_QUEUE_CAPACITY : PLATFORM_QUEUE_CAPACITY))
			.whenFull(orElse(executor.whenFull(), OverloadPolicy.REJECT))
			.queueTimeout(executor.queueTimeout())
			.runTimeout(executor.runTimeout());
		if (executor.maxWait() != null) {
			builder.maxWait(executor.maxWait());
		}
		return builder;
	}

	private static ThreadKind threads(String name, ExecutorProperties executor) {
		return orElse(executor.threads(), (name.equals(CPU)) ? ThreadKind.PLATFORM : ThreadKind.VIRTUAL);
	}

	/**
	 * Returns how many tasks an executor runs at once.
	 */
	static int maxConcurrency(String name, AsyncProperties properties) {
		ExecutorProperties executor = orElse(properties.executors(), name);
		boolean virtual = threads(name, executor) == ThreadKind.VIRTUAL;
		return orElse(executor.maxConcurrency(),
				(virtual) ? VIRTUAL_MAX_CONCURRENCY : Runtime.getRuntime().availableProcessors());
	}

	private static ExecutorProperties orElse(Map<String, ExecutorProperties> executors, String name) {
		return executors.getOrDefault(name, NOTHING);
	}

	private static <T> T orElse(@Nullable T value, T defaultValue) {
		return (value != null) ? value : defaultValue;
	}

}
