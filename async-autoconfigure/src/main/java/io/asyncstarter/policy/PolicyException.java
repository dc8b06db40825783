package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

/**
 * What a policy raises of its own: a {@link PolicyRejectedException} when it did not let
 * an attempt through, an {@link AttemptTimeoutException} when the work took too long.
 * That a deadline has passed is a
 * {@link io.asyncstarter.deadline.DeadlineExceededException}.
 *
 * @since 0.1.0
 */
public abstract sealed class PolicyException extends RuntimeException
		permits PolicyRejectedException, AttemptTimeoutException {

	private final String policyName;

	PolicyException(String policyName, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.policyName = policyName;
	}

	/**
	 * Returns the name of the policy, or of the rate limiter if that was used without
	 * one.
	 * @return the name
	 */
	public String getPolicyName() {
		return this.policyName;
	}

}
