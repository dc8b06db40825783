package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;

import io.asyncstarter.http.HttpKey;
import io.asyncstarter.http.HttpPolicyOptions;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

/**
 * What is to be done to HTTP clients: to all, and to those of a group.
 *
 * @param properties the properties
 * @param policies the policies
 */
record HttpClientSettings(AsyncProperties properties, Policies policies) {

	private static final HttpGroupProperties NOTHING = new HttpGroupProperties(null, null, null, null);

	/**
	 * Returns what all clients have.
	 */
	Applied ofAll() {
		return applied(NOTHING);
	}

	/**
	 * Returns what the clients of a group have, or {@code null} if that is what all have.
	 */
	@Nullable Applied ofGroup(String name) {
		HttpGroupProperties group = this.properties.http().groups().get(name);
		return (group != null) ? applied(group) : null;
	}

	private Applied applied(HttpGroupProperties group) {
		HttpProperties all = this.properties.http();
		String policy = (group.policy() != null) ? group.policy() : all.defaultPolicy();
		HttpKey key = (group.key() != null) ? group.key() : all.key();
		List<RetryMethod> methods = (group.retryMethods() != null) ? group.retryMethods() : all.retryMethods();
		HttpPolicyOptions options = HttpPolicyOptions.defaults().withKey(key);
		boolean header = (group.deadlineHeader() != null) ? group.deadlineHeader()
				: this.properties.deadline().http().outbound();
		return new Applied((policy != null) ? this.policies.get(policy) : null,
				(methods != null) ? new HttpPolicyOptions(key, methods(methods)) : options, header);
	}

	private static Set<HttpMethod> methods(List<RetryMethod> methods) {
		return methods.stream().map((method) -> HttpMethod.valueOf(method.name())).collect(Collectors.toSet());
	}

	/**
	 * What is done to a client.
	 *
	 * @param policy the policy, or {@code null} for none
	 * @param options how it is applied
	 * @param deadlineHeader whether servers are told how much time they have
	 */
	record Applied(@Nullable Policy policy, HttpPolicyOptions options, boolean deadlineHeader) {

	}

}
