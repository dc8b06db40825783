package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

/**
 * Finds HTTP clients that name a policy that there is not, groups that there are not or
 * that have nothing to apply, and a header that cannot be one.
 */
final class HttpCheck implements ConfigurationCheck {

	private static final String HTTP = "async.http";

	private static final String GROUPS = "async.http.groups";

	private static final String POLICIES = "async.policies";

	private static final String HEADER = "async.deadline.http.header";

	/**
	 * The attribute by which Spring's registrar marks the clients of a group.
	 */
	private static final String GROUP_ATTRIBUTE = "httpServiceGroupName";

	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		checkPolicies(configuration, problems);
		checkGroups(configuration, problems);
		String header = configuration.properties().deadline().http().header();
		if (!TOKEN.matcher(header).matches()) {
			problems.add(configuration.problem(HEADER, "it is not the name of a header",
					"Take letters, digits and dashes, for example 'X-Request-Timeout-Ms'."));
		}
		return problems;
	}

	/**
	 * Which names the policies of the user's own beans have is not known before they are
	 * created.
	 */
	private static void checkPolicies(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		if (!configuration.beanNames(Policies.class).isEmpty() || !configuration.beanNames(Policy.class).isEmpty()) {
			return;
		}
		HttpProperties http = configuration.properties().http();
		checkPolicy(configuration, HTTP + ".default-policy", http.defaultPolicy(), problems);
		http.groups()
			.forEach((name, group) -> checkPolicy(configuration, "%s.%s.policy".formatted(GROUPS, name), group.policy(),
					problems));
	}

	private static void checkPolicy(CheckedConfiguration configuration, String key, @Nullable String policy,
			List<ConfigurationProblem> problems) {
		Set<String> known = configuration.names(POLICIES);
		if (policy != null && !known.contains(policy)) {
			problems.add(configuration.unknownName(key, policy, "policy", POLICIES, known));
		}
	}

	private static void checkGroups(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		HttpProperties http = configuration.properties().http();
		Set<String> known = configuration.beanAttributes(GROUP_ATTRIBUTE);
		http.groups().forEach((name, group) -> {
			String key = "%s.%s".formatted(GROUPS, name);
			if (!known.contains(name)) {
				problems.add(configuration
					.problem(key, "there is no HTTP service group named '%s'".formatted(name), NearestName
						.of(name, known)
						.map((nearest) -> "Did you mean '%s'?".formatted(nearest))
						.orElseGet(() -> "Declare it by @ImportHttpServices(group = \"%s\", ...)%s.".formatted(name,
								(!known.isEmpty()) ? ", or take one of %s".formatted(String.join(", ", known)) : ""))));
			}
			else if (group.policy() == null && http.defaultPolicy() == null
					&& (group.key() != null || group.retryMethods() != null)) {
				problems.add(configuration.problem(key, "there is no policy that this could be for",
						"Set '%s.policy' or 'async.http.default-policy'.".formatted(key)));
			}
		});
	}

}
