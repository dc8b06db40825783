package io.asyncstarter.autoconfigure;

import java.util.List;

/**
 * Looks for mistakes that show only when properties are compared with each other or with
 * the beans: names that nothing has, values that contradict each other. What can be seen
 * from one property alone is found by {@link PropertiesInspector}. A concept adds a class
 * of this type to {@link ConfigurationChecks}.
 */
@FunctionalInterface
interface ConfigurationCheck {

	/**
	 * Finds the mistakes.
	 * @param configuration the configuration, of which values that could not be bound are
	 * absent
	 * @return the mistakes, in any order
	 */
	List<ConfigurationProblem> check(CheckedConfiguration configuration);

}
