package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.policy.PolicySettings;

/**
 * Who extends whom among the configured policies, and what follows from it.
 */
final class PolicyInheritance {

	private final Map<String, PolicyProperties> policies;

	PolicyInheritance(Map<String, PolicyProperties> policies) {
		this.policies = policies;
	}

	/**
	 * Returns a policy, its parent and so on. The chain ends before a name that nothing
	 * has, and with the first name that is in it already.
	 */
	List<String> chain(String name) {
		List<String> chain = new ArrayList<>();
		String next = name;
		while (next != null && this.policies.containsKey(next)) {
			boolean cycle = chain.contains(next);
			chain.add(next);
			next = (!cycle) ? get(next).parent() : null;
		}
		return chain;
	}

	/**
	 * Returns the names on the cycle that a chain ends in, the first being the last as
	 * well, or an empty list.
	 */
	static List<String> cycle(List<String> chain) {
		int first = chain.indexOf(chain.get(chain.size() - 1));
		return (first < chain.size() - 1) ? chain.subList(first, chain.size()) : List.of();
	}

	/**
	 * Returns the settings of a policy, completed by those of its ancestors.
	 */
	PolicySettings settings(String name) {
		PolicySettings settings = PolicySettings.NONE;
		for (String ancestor : chain(name).reversed()) {
			settings = get(ancestor).toSettings().withParent(settings);
		}
		return settings;
	}

	/**
	 * Returns the policy that decides something for another: itself, or the nearest
	 * ancestor that does.
	 */
	Optional<String> decider(String name, Function<PolicyProperties, @Nullable Object> what) {
		return chain(name).stream().filter((ancestor) -> what.apply(get(ancestor)) != null).findFirst();
	}

	PolicyProperties get(String name) {
		PolicyProperties properties = this.policies.get(name);
		if (properties == null) {
			throw new IllegalArgumentException("No policy '%s'".formatted(name));
		}
		return properties;
	}

}
