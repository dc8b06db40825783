package io.asyncstarter.autoconfigure;

import java.util.Collection;
import java.util.List;

/**
 * Refuses names that are both configured and those of beans.
 */
final class NameTaken {

	private NameTaken() {
	}

	/**
	 * Compares the names.
	 * @param noun what has the names
	 * @param map the key of the map that they are configured in
	 * @param configured the names that are configured
	 * @param beans the names that beans have
	 * @throws InvalidAsyncConfigurationException if they have one in common
	 */
	static void check(String noun, String map, Collection<String> configured, Collection<String> beans) {
		List<ConfigurationProblem> problems = configured.stream()
			.filter(beans::contains)
			.sorted()
			.map((name) -> new ConfigurationProblem("%s.%s".formatted(map, name), null, null,
					"there is a bean that is a %s named '%s' already".formatted(noun, name),
					"Rename one of them, or remove the one from the configuration to use the bean."))
			.toList();
		if (!problems.isEmpty()) {
			throw new InvalidAsyncConfigurationException(problems);
		}
	}

}
