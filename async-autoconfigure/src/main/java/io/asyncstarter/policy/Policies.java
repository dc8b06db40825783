package io.asyncstarter.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The policies of an application, by name.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public interface Policies {

	/**
	 * Returns a policy.
	 * @param name the name of the policy
	 * @return the policy
	 * @throws NoSuchPolicyException if there is no policy of that name
	 */
	default Policy get(String name) {
		return find(name).orElseThrow(() -> new NoSuchPolicyException(name, names()));
	}

	/**
	 * Returns a policy if there is one of the name.
	 * @param name the name of the policy
	 * @return the policy, or empty
	 */
	Optional<Policy> find(String name);

	/**
	 * Returns the names of all policies.
	 * @return the names in alphabetical order, unmodifiable
	 */
	SortedSet<String> names();

	/**
	 * Returns all policies.
	 * @return the policies in the order of their names
	 */
	default Collection<Policy> all() {
		return names().stream().map(this::get).toList();
	}

	/**
	 * Returns a registry of the given policies.
	 * @param policies the policies, each with a name of its own
	 * @return the registry
	 */
	static Policies of(Policy... policies) {
		return new FixedPolicies(policies);
	}

}
