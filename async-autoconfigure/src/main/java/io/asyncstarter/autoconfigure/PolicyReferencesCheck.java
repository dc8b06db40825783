package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

/**
 * Finds policies that name a parent, a rate limiter or an executor that there is not, and
 * policies that extend each other in a circle.
 */
final class PolicyReferencesCheck implements ConfigurationCheck {

	private static final String POLICIES = "async.policies";

	private static final String RATE_LIMITERS = "async.rate-limiters";

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		checkParents(configuration, problems);
		checkRateLimiters(configuration, problems);
		KnownExecutors.check(configuration, POLICIES, configuration.properties().policies(), PolicyProperties::executor,
				problems);
		return problems;
	}

	private static void checkParents(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		PolicyInheritance inheritance = new PolicyInheritance(configuration.properties().policies());
		Set<String> known = configuration.names(POLICIES);
		configuration.properties().policies().forEach((name, policy) -> {
			String key = "%s.%s.extends".formatted(POLICIES, name);
			List<String> cycle = PolicyInheritance.cycle(inheritance.chain(name));
			if (policy.parent() != null && !known.contains(policy.parent())) {
				problems.add(configuration.unknownName(key, policy.parent(), "policy", POLICIES, without(known, name)));
			}
			else if (!cycle.isEmpty() && name.equals(Collections.min(cycle))) {
				problems.add(circle(configuration, key, rotated(cycle, name)));
			}
		});
	}

	private static Collection<String> without(Set<String> names, String name) {
		Set<String> others = new TreeSet<>(names);
		others.remove(name);
		return others;
	}

	/**
	 * A circle is found from each of its policies and from each that extends one of them;
	 * it is reported once, beginning with the name that comes first.
	 */
	private static List<String> rotated(List<String> cycle, String first) {
		List<String> names = new ArrayList<>(cycle.subList(1, cycle.size()));
		Collections.rotate(names, -names.indexOf(first));
		names.add(first);
		return names;
	}

	private static ConfigurationProblem circle(CheckedConfiguration configuration, String key, List<String> cycle) {
		return (cycle.size() == 2)
				? configuration.problem(key, "a policy cannot extend itself", "Remove it, or name another policy.")
				: configuration.problem(key,
						"policies extend each other in a circle: %s".formatted(String.join(" -> ", cycle)),
						"Remove 'extends' from one of them.");
	}

	/**
	 * Which names the limiters of the user's own beans have is not known before they are
	 * created.
	 */
	private static void checkRateLimiters(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		if (!configuration.beanNames(RateLimiters.class).isEmpty()
				|| !configuration.beanNames(RateLimiter.class).isEmpty()) {
			return;
		}
		Set<String> known = configuration.names(RATE_LIMITERS);
		configuration.properties().policies().forEach((name, policy) -> {
			String limiter = policy.rateLimiter();
			if (limiter != null && !known.contains(limiter)) {
				String key = "%s.%s.rate-limiter".formatted(POLICIES, name);
				problems.add(configuration.unknownName(key, limiter, "rate limiter", RATE_LIMITERS, known));
			}
		});
	}

}
