package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.asyncstarter.policy.CircuitBreakerSettings;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicySettings;

/**
 * Warns of policies that are allowed but will hardly do what is expected of them.
 */
final class PolicyAdvice {

	private static final Log logger = LogFactory.getLog(Policy.class);

	private PolicyAdvice() {
	}

	static void give(Policy policy) {
		PolicySettings settings = policy.getSettings();
		CircuitBreakerSettings breaker = settings.circuitBreaker();
		if (breaker == null) {
			return;
		}
		String name = policy.getName();
		Duration timeout = settings.timeout();
		if (timeout == null) {
			logger.warn(("Policy '%s' has a circuit breaker but no timeout, so calls that hang are never counted as "
					+ "failures: set 'async.policies.%s.timeout'")
				.formatted(name, name));
		}
		else if (breaker.slowCall() != null && breaker.slowCall().compareTo(timeout) > 0) {
			logger.warn(("Policy '%s' never sees a slow call, since attempts are over before: lower "
					+ "'async.policies.%s.circuit-breaker.slow-call' below 'async.policies.%s.timeout'")
				.formatted(name, name, name));
		}
	}

}
