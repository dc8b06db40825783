package io.asyncstarter.policy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;

/**
 * The circuit breaker of a policy has changed its state.
 *
 * @param policyName the name of the policy
 * @param from the state before
 * @param to the state now
 * @since 0.1.0
 */
public record CircuitBreakerTransition(String policyName, CircuitBreaker.State from, CircuitBreaker.State to) {

}
