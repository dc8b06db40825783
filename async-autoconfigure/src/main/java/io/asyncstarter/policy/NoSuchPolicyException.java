package io.asyncstarter.policy;

import java.util.Collection;
import java.util.List;

/**
 * Thrown when a {@link Policy} is asked for by a name that none has.
 *
 * @since 0.1.0
 */
public class NoSuchPolicyException extends RuntimeException {

	private final String policyName;

	private final List<String> availableNames;

	/**
	 * Creates an exception.
	 * @param policyName the name that was asked for
	 * @param availableNames the names that there are
	 */
	public NoSuchPolicyException(String policyName, Collection<String> availableNames) {
		super("There is no policy named '%s'; there are: %s".formatted(policyName, String.join(", ", availableNames)));
		this.policyName = policyName;
		this.availableNames = List.copyOf(availableNames);
	}

	/**
	 * Returns the name that was asked for.
	 * @return the name
	 */
	public String getPolicyName() {
		return this.policyName;
	}

	/**
	 * Returns the names of the policies that there are.
	 * @return the names, unmodifiable
	 */
	public List<String> getAvailableNames() {
		return this.availableNames;
	}

}
