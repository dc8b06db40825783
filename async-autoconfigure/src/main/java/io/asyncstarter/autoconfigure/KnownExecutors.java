package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

/**
 * Finds executors that are named and that there are not.
 */
final class KnownExecutors {

	private static final String EXECUTORS = "async.executors";

	private KnownExecutors() {
	}

	/**
	 * Looks at the executors that the entries of a map name. Which ones a registry of the
	 * user's own has is not known before it is created.
	 * @param <T> the type of the entries
	 * @param configuration the configuration
	 * @param map the key of the map
	 * @param entries the entries of the map
	 * @param executor returns the name that an entry has, or {@code null}
	 * @param problems the mistakes to add to
	 */
	static <T> void check(CheckedConfiguration configuration, String map, Map<String, T> entries,
			Function<T, @Nullable String> executor, List<ConfigurationProblem> problems) {
		if (configuration.hasBean(BoundedExecutors.class, BeanFactoryBoundedExecutors.class)) {
			return;
		}
		Set<String> known = new TreeSet<>(ExecutorSettings.names(configuration.properties()));
		known.addAll(configuration.names(EXECUTORS));
		known.addAll(configuration.beanNames(BoundedExecutor.class));
		new TreeMap<>(entries).forEach((name, entry) -> {
			String named = executor.apply(entry);
			if (named != null && !known.contains(named)) {
				String key = "%s.%s.executor".formatted(map, name);
				problems.add(configuration.unknownName(key, named, "executor", EXECUTORS, known));
			}
		});
	}

}
