package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds task groups that name an executor which there is not.
 */
final class TaskGroupCheck implements ConfigurationCheck {

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		KnownExecutors.check(configuration, "async.task-groups", configuration.properties().taskGroups(),
				TaskGroupProperties::executor, problems);
		return problems;
	}

}
