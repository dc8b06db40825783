package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Raised when the work of an attempt took longer than the policy's {@code timeout} and
 * was cancelled. It is a failure of the work: retried, counted by the circuit breaker,
 * and answered by the fallback like any other.
 *
 * @since 0.1.0
 */
public final class AttemptTimeoutException extends PolicyException {

	private final Duration timeout;

	AttemptTimeoutException(String policyName, Duration timeout, @Nullable Throwable cause) {
		super(policyName, "Policy '%s' timed an attempt out after %s".formatted(policyName, timeout), cause);
		this.timeout = timeout;
	}

	/**
	 * Returns how long the work was allowed to take.
	 * @return the timeout
	 */
	public Duration getTimeout() {
		return this.timeout;
	}

}
