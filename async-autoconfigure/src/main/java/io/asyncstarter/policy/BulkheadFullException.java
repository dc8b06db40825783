package io.asyncstarter.policy;

import java.time.Duration;

/**
 * Raised when a bulkhead has no permit for a call, and none came free while the call
 * waited. The work was not done. (Resilience4j has an exception of the same name, which
 * knows neither limit nor wait.)
 *
 * @since 0.1.0
 */
public final class BulkheadFullException extends PolicyRejectedException {

	private final int maxConcurrency;

	private final Duration maxWait;

	BulkheadFullException(String policyName, int maxConcurrency, Duration maxWait) {
		super(policyName, "Bulkhead of policy '%s' is full: %d calls are in flight, and none ended within %s"
			.formatted(policyName, maxConcurrency, maxWait), null);
		this.maxConcurrency = maxConcurrency;
		this.maxWait = maxWait;
	}

	/**
	 * Returns how many calls may be in flight at once.
	 * @return the limit
	 */
	public int getMaxConcurrency() {
		return this.maxConcurrency;
	}

	/**
	 * Returns how long the call was allowed to wait.
	 * @return the wait; zero if it was refused at once
	 */
	public Duration getMaxWait() {
		return this.maxWait;
	}

}
