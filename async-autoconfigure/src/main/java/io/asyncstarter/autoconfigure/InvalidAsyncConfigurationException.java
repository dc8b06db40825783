package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown at start-up if there are mistakes in the properties under {@code async}. Holds
 * all of them.
 *
 * @since 0.1.0
 */
public class InvalidAsyncConfigurationException extends RuntimeException {

	private final List<ConfigurationProblem> problems;

	/**
	 * Creates an exception.
	 * @param problems the mistakes, at least one
	 */
	public InvalidAsyncConfigurationException(List<ConfigurationProblem> problems) {
		super(problems.stream()
			.map((problem) -> "'%s' %s".formatted(problem.key(), problem.reason()))
			.collect(Collectors.joining("; ", "Invalid configuration: ", "")));
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns the mistakes.
	 * @return the mistakes in the order of their keys, unmodifiable
	 */
	public List<ConfigurationProblem> getProblems() {
		return this.problems;
	}

}
