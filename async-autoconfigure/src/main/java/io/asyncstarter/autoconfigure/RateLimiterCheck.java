package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds rate limiters whose values contradict each other.
 */
final class RateLimiterCheck implements ConfigurationCheck {

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		configuration.properties()
			.rateLimiters()
			.forEach((name, limiter) -> configuration.tryOut("async.rate-limiters.%s".formatted(name),
					() -> limiter.toBuilder(name).build(), problems));
		return problems;
	}

}
