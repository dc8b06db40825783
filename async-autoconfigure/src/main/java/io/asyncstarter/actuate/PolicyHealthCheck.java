package io.asyncstarter.actuate;

import java.util.ArrayList;
import java.util.List;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.springframework.boot.health.contributor.Status;

import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

/**
 * Finds policies whose circuit breaker is open. That is somebody else's failure, and all
 * instances of an application see it at once: to take them out of service would make an
 * outage of all of it. So the status is {@link Status#UNKNOWN}, which leaves an aggregate
 * {@link Status#UP}.
 *
 * @since 0.1.0
 */
public final class PolicyHealthCheck implements AsyncHealthCheck {

	private final Policies policies;

	/**
	 * Creates a check.
	 * @param policies the policies
	 */
	public PolicyHealthCheck(Policies policies) {
		this.policies = policies;
	}

	@Override
	public String getName() {
		return "policies";
	}

	@Override
	public List<AsyncHealthProblem> check() {
		List<AsyncHealthProblem> problems = new ArrayList<>();
		for (Policy policy : this.policies.all()) {
			policy.getCircuitBreaker()
				.filter((breaker) -> isOpen(breaker.getState()))
				.ifPresent((breaker) -> problems.add(problem(policy.getName(), breaker)));
		}
		return problems;
	}

	private static boolean isOpen(CircuitBreaker.State state) {
		return state == CircuitBreaker.State.OPEN || state == CircuitBreaker.State.FORCED_OPEN;
	}

	private static AsyncHealthProblem problem(String policy, CircuitBreaker breaker) {
		CircuitBreaker.Metrics metrics = breaker.getMetrics();
		// The rates are -1 as long as there have been too few calls.
		return new AsyncHealthProblem(policy, Status.UNKNOWN,
				"Circuit breaker is open: %.0f %% of calls failed, %.0f %% were slow, %d were refused".formatted(
						Math.max(0, metrics.getFailureRate()), Math.max(0, metrics.getSlowCallRate()),
						metrics.getNumberOfNotPermittedCalls()));
	}

}
