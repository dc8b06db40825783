package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiterCustomizer;
import io.asyncstarter.policy.RateLimiters;

/**
 * Makes the rate limiters of the configuration.
 */
final class ConfiguredRateLimiters {

	private final Map<String, RateLimiterProperties> properties;

	private final DeadlineTimer timer;

	private final List<RateLimiterCustomizer> customizers;

	ConfiguredRateLimiters(AsyncProperties properties, DeadlineTimer timer, List<RateLimiterCustomizer> customizers) {
		this.properties = properties.rateLimiters();
		this.timer = timer;
		this.customizers = customizers;
	}

	/**
	 * Returns a registry of the configured rate limiters and of others.
	 * @throws InvalidAsyncConfigurationException if there are two of a name
	 */
	RateLimiters with(List<RateLimiter> others) {
		NameTaken.check("rate limiter", "async.rate-limiters", this.properties.keySet(),
				others.stream().map(RateLimiter::getName).toList());
		List<RateLimiter> all = new ArrayList<>(others);
		this.properties.forEach((name, limiter) -> {
			RateLimiter.Builder builder = limiter.toBuilder(name).timer(this.timer);
			this.customizers.forEach((customizer) -> customizer.customize(name, builder));
			all.add(builder.build());
		});
		return RateLimiters.of(all.toArray(RateLimiter[]::new));
	}

}
