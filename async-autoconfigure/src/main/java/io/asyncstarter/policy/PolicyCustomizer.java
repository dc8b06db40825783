package io.asyncstarter.policy;

/**
 * Callback for beans that change the policies created from {@code async.policies.*},
 * after the properties were applied: to add what YAML cannot say, such as a fallback or
 * which results are to be retried. Customizers are called in their order, once a policy.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PolicyCustomizer {

	/**
	 * Customizes a policy that is about to be built.
	 * @param name the name of the policy
	 * @param builder the builder to change
	 */
	void customize(String name, PolicyBuilder builder);

}
