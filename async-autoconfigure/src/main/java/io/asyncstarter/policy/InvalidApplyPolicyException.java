package io.asyncstarter.policy;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown if there are mistakes in the use of {@link ApplyPolicy @ApplyPolicy}. Holds all
 * that were found.
 *
 * @since 0.1.0
 */
public class InvalidApplyPolicyException extends RuntimeException {

	private final List<ApplyPolicyProblem> problems;

	/**
	 * Creates an exception.
	 * @param problems the mistakes, at least one
	 */
	public InvalidApplyPolicyException(List<ApplyPolicyProblem> problems) {
		super(problems.stream().map(ApplyPolicyProblem::toString).collect(Collectors.joining(" ")));
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns the mistakes.
	 * @return the mistakes, unmodifiable
	 */
	public List<ApplyPolicyProblem> getProblems() {
		return this.problems;
	}

}
