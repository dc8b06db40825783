package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

/**
 * Raised when a policy did not let an attempt through: the work was not done.
 *
 * @since 0.1.0
 */
public abstract sealed class PolicyRejectedException extends PolicyException
		permits CircuitBreakerOpenException, RateLimitExceededException, BulkheadFullException {

	PolicyRejectedException(String policyName, String message, @Nullable Throwable cause) {
		super(policyName, message, cause);
	}

}
