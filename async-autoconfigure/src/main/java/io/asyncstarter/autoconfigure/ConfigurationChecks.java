package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is checked before the first bean is created.
 */
final class ConfigurationChecks {

	private static final List<ConfigurationCheck> CHECKS = List.of(new ExecutorCheck(), new RateLimiterCheck(),
			new PolicyReferencesCheck(), new PolicyValuesCheck(), new TaskGroupCheck(), new QueueCheck(),
			new HttpCheck());

	private ConfigurationChecks() {
	}

	/**
	 * Finds the mistakes in the properties under {@code async}.
	 * @param configuration the configuration
	 * @throws InvalidAsyncConfigurationException if there are any; it holds all of them
	 */
	static void run(CheckedConfiguration configuration) {
		SortedMap<String, ConfigurationProblem> problems = new TreeMap<>();
		for (ConfigurationProblem problem : configuration.inspect()) {
			problems.put(problem.key(), problem);
		}
		for (ConfigurationCheck check : CHECKS) {
			for (ConfigurationProblem problem : check.check(configuration)) {
				problems.putIfAbsent(problem.key(), problem);
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidAsyncConfigurationException(List.copyOf(problems.values()));
		}
	}

}
