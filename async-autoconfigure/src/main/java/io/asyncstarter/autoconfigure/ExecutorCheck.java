package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;

/**
 * Finds executors whose names are taken by other beans.
 */
final class ExecutorCheck implements ConfigurationCheck {

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		for (String name : configuration.properties().executors().keySet()) {
			BeanDefinition definition = configuration.beanDefinition(name);
			if (definition != null) {
				problems.add(configuration.problem("async.executors.%s".formatted(name),
						"there is a bean named '%s' already%s".formatted(name,
								describe(definition.getResourceDescription())),
						"Rename the executor or the bean, or remove the executor from the configuration to use the bean."));
			}
		}
		return problems;
	}

	private static String describe(@Nullable String resource) {
		return (resource != null) ? ", defined in %s".formatted(resource) : "";
	}

}
