package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Optional;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;

/**
 * Raised when the circuit breaker of a policy refused an attempt. No token was paid and
 * the work was not done.
 *
 * @since 0.1.0
 */
public final class CircuitBreakerOpenException extends PolicyRejectedException {

	private final CircuitBreaker.State state;

	private final float failureRate;

	private final @Nullable Duration retryAfter;

	CircuitBreakerOpenException(String policyName, CircuitBreaker breaker) {
		super(policyName,
				"Policy '%s' refused an attempt: its circuit breaker is %s".formatted(policyName, breaker.getState()),
				null);
		this.state = breaker.getState();
		this.failureRate = breaker.getMetrics().getFailureRate();
		this.retryAfter = CircuitBreakers.openFor(breaker);
	}

	/**
	 * Returns the state of the breaker at about the time of the refusal.
	 * @return the state, usually open, forced open or half open
	 */
	public CircuitBreaker.State getState() {
		return this.state;
	}

	/**
	 * Returns the percentage of failures that the breaker has seen in its window.
	 * @return the percentage, or -1 if it has not seen enough calls
	 */
	public float getFailureRate() {
		return this.failureRate;
	}

	/**
	 * Returns in what time the breaker lets calls through again, to try.
	 * @return the time, or empty if it is not known
	 */
	public Optional<Duration> getRetryAfter() {
		return Optional.ofNullable(this.retryAfter);
	}

}
