package io.asyncstarter.autoconfigure;

import java.util.List;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains an {@link InvalidAsyncConfigurationException}: all mistakes, and below them
 * what to do about each.
 */
final class InvalidAsyncConfigurationFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidAsyncConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidAsyncConfigurationException cause) {
		List<ConfigurationProblem> problems = cause.getProblems();
		StringBuilder description = new StringBuilder();
		description.append((problems.size() == 1) ? "There is a mistake in the configuration of the async starter:"
				: "There are %d mistakes in the configuration of the async starter:".formatted(problems.size()));
		StringBuilder action = new StringBuilder();
		for (ConfigurationProblem problem : problems) {
			describe(problem, description);
			if (!action.isEmpty()) {
				action.append("%n".formatted());
			}
			action.append("%s: %s".formatted(problem.key(), problem.fix()));
		}
		return new FailureAnalysis(description.toString(), action.toString(), cause);
	}

	private static void describe(ConfigurationProblem problem, StringBuilder description) {
		description.append("%n%n    Property: %s".formatted(problem.key()));
		if (problem.value() != null) {
			description.append("%n    Value: \"%s\"".formatted(problem.value()));
		}
		if (problem.origin() != null) {
			description.append("%n    Origin: %s".formatted(problem.origin()));
		}
		description.append("%n    Reason: %s".formatted(problem.reason()));
	}

}
