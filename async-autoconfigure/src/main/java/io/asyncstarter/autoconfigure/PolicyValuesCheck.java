package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.asyncstarter.autoconfigure.PolicyProperties.CircuitBreaker;
import io.asyncstarter.autoconfigure.PolicyProperties.Hedge;
import io.asyncstarter.autoconfigure.PolicyProperties.Retry;
import io.asyncstarter.policy.CircuitBreakerSettings;
import io.asyncstarter.policy.HedgeSettings;
import io.asyncstarter.policy.RetrySettings;

/**
 * Finds values of a policy that contradict each other, those that it inherits included.
 * What a policy merely inherits from others is their mistake, and is reported there.
 */
final class PolicyValuesCheck implements ConfigurationCheck {

	private static final PolicyPart<Duration> DEADLINE = PolicyPart.of("deadline", PolicyProperties::deadline);

	private static final PolicyPart<Duration> TIMEOUT = PolicyPart.of("timeout", PolicyProperties::timeout);

	private static final PolicyPart<Duration> BACKOFF = PolicyPart.of("retry.backoff", PolicyProperties::retry,
			Retry::backoff, null);

	private static final PolicyPart<Duration> MAX_BACKOFF = PolicyPart.of("retry.max-backoff", PolicyProperties::retry,
			Retry::maxBackoff, RetrySettings.DEFAULTS.maxBackoff());

	private static final PolicyPart<List<Class<? extends Throwable>>> ON = PolicyPart.of("retry.on",
			PolicyProperties::retry, Retry::retryable, null);

	private static final PolicyPart<List<Class<? extends Throwable>>> EXCEPT = PolicyPart.of("retry.except",
			PolicyProperties::retry, Retry::except, null);

	private static final PolicyPart<Duration> HEDGE_AFTER = PolicyPart.of("hedge.after", PolicyProperties::hedge,
			Hedge::after, HedgeSettings.DEFAULTS.after());

	private static final PolicyPart<Integer> MIN_CALLS = PolicyPart.of("circuit-breaker.min-calls",
			PolicyProperties::circuitBreaker, CircuitBreaker::minCalls, null);

	private static final PolicyPart<Integer> WINDOW = PolicyPart.of("circuit-breaker.window",
			PolicyProperties::circuitBreaker, CircuitBreaker::window, CircuitBreakerSettings.DEFAULTS.window());

	private static final PolicyPart<List<Class<? extends Throwable>>> RECORD = PolicyPart.of("circuit-breaker.record",
			PolicyProperties::circuitBreaker, CircuitBreaker::record, null);

	private static final PolicyPart<List<Class<? extends Throwable>>> IGNORE = PolicyPart.of("circuit-breaker.ignore",
			PolicyProperties::circuitBreaker, CircuitBreaker::ignore, null);

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		Map<String, PolicyProperties> policies = configuration.properties().policies();
		PolicyInheritance inheritance = new PolicyInheritance(policies);
		policies.forEach((name, policy) -> {
			checkStrategies(configuration, name, policy, problems);
			PolicyComparison comparison = new PolicyComparison(configuration, inheritance, name, problems);
			comparison.atMost(TIMEOUT, DEADLINE);
			comparison.atMost(BACKOFF, MAX_BACKOFF);
			comparison.atMost(MIN_CALLS, WINDOW);
			comparison.lessThan(HEDGE_AFTER, TIMEOUT);
			comparison.lessThan(HEDGE_AFTER, DEADLINE);
			comparison.notWithin(ON, EXCEPT);
			comparison.notWithin(RECORD, IGNORE);
		});
		return problems;
	}

	/**
	 * What no rule above forbids is refused by the settings themselves, if by anybody.
	 */
	private static void checkStrategies(CheckedConfiguration configuration, String name, PolicyProperties policy,
			List<ConfigurationProblem> problems) {
		String key = "async.policies.%s".formatted(name);
		if (policy.retry() != null) {
			configuration.tryOut(key + ".retry", policy.retry()::toSettings, problems);
		}
		if (policy.hedge() != null) {
			configuration.tryOut(key + ".hedge", policy.hedge()::toSettings, problems);
		}
		if (policy.circuitBreaker() != null) {
			configuration.tryOut(key + ".circuit-breaker", policy.circuitBreaker()::toSettings, problems);
		}
		if (policy.bulkhead() != null) {
			configuration.tryOut(key + ".bulkhead", policy.bulkhead()::toSettings, problems);
		}
	}

}
