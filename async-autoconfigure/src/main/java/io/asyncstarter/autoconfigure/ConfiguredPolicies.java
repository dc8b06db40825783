package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyBuilder;
import io.asyncstarter.policy.PolicyCustomizer;
import io.asyncstarter.policy.PolicyEnvironment;

/**
 * Makes the policies of the configuration.
 */
final class ConfiguredPolicies {

	private final Map<String, PolicyProperties> properties;

	private final PolicyEnvironment environment;

	private final List<PolicyCustomizer> customizers;

	ConfiguredPolicies(AsyncProperties properties, PolicyEnvironment environment, List<PolicyCustomizer> customizers) {
		this.properties = properties.policies();
		this.environment = environment;
		this.customizers = customizers;
	}

	/**
	 * Returns a registry of the configured policies and of others.
	 * @throws InvalidAsyncConfigurationException if there are two of a name
	 */
	Policies with(List<Policy> others) {
		NameTaken.check("policy", "async.policies", this.properties.keySet(),
				others.stream().map(Policy::getName).toList());
		List<Policy> all = new ArrayList<>(others);
		PolicyInheritance inheritance = new PolicyInheritance(this.properties);
		for (String name : this.properties.keySet()) {
			PolicyBuilder builder = Policy.builder(name)
				.environment(this.environment)
				.settings(inheritance.settings(name));
			this.customizers.forEach((customizer) -> customizer.customize(name, builder));
			Policy policy = builder.build();
			PolicyAdvice.give(policy);
			all.add(policy);
		}
		return Policies.of(all.toArray(Policy[]::new));
	}

}
