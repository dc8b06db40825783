package io.asyncstarter.policy;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Builds a {@link Policy}. Instances are not safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class PolicyBuilder {

	private final String name;

	private PolicySettings settings = PolicySettings.NONE;

	private PolicyEnvironment environment = PolicyEnvironment.builder().build();

	private @Nullable Recovery<?> fallback;

	PolicyBuilder(String name) {
		Assert.hasText(name, "'name' must not be empty");
		this.name = name;
	}

	/**
	 * Adds settings; they win over what has been set so far.
	 * @param settings the settings
	 * @return this builder
	 */
	public PolicyBuilder settings(PolicySettings settings) {
		Assert.notNull(settings, "'settings' must not be null");
		this.settings = settings.withParent(this.settings);
		return this;
	}

	/**
	 * Sets how long the whole call may take, retries and waits included.
	 * @param deadline the time, more than zero
	 * @return this builder
	 */
	public PolicyBuilder deadline(Duration deadline) {
		return settings(new PolicySettings(deadline, null, null, null, null, null, null, null));
	}

	/**
	 * Sets how long the work of each attempt may take.
	 * @param timeout the time, more than zero
	 * @return this builder
	 */
	public PolicyBuilder timeout(Duration timeout) {
		return settings(new PolicySettings(null, timeout, null, null, null, null, null, null));
	}

	/**
	 * Sets when an attempt is repeated.
	 * @param retry sets what is not to be left to the defaults
	 * @return this builder
	 */
	public PolicyBuilder retry(Consumer<RetrySettings.Builder> retry) {
		RetrySettings.Builder builder = RetrySettings.builder();
		retry.accept(builder);
		return settings(new PolicySettings(null, null, builder.build(), null, null, null, null, null));
	}

	/**
	 * Sets when an attempt is started beside one that takes long.
	 * @param after how long the latest attempt may take before the next one is started
	 * @param max how many attempts are started besides the first, at least 1
	 * @return this builder
	 */
	public PolicyBuilder hedge(Duration after, int max) {
		return settings(new PolicySettings(null, null, null, new HedgeSettings(after, max), null, null, null, null));
	}

	/**
	 * Sets when calls are refused because earlier ones went badly.
	 * @param circuitBreaker sets what is not to be left to the defaults
	 * @return this builder
	 */
	public PolicyBuilder circuitBreaker(Consumer<CircuitBreakerSettings.Builder> circuitBreaker) {
		CircuitBreakerSettings.Builder builder = CircuitBreakerSettings.builder();
		circuitBreaker.accept(builder);
		return settings(new PolicySettings(null, null, null, null, builder.build(), null, null, null));
	}

	/**
	 * Sets the rate limiter.
	 * @param rateLimiter the name of a rate limiter of the environment
	 * @return this builder
	 */
	public PolicyBuilder rateLimiter(String rateLimiter) {
		return settings(new PolicySettings(null, null, null, null, null, rateLimiter, null, null));
	}

	/**
	 * Sets how many calls are in flight at once.
	 * @param maxConcurrency the number of calls, at least 1
	 * @param maxWait how long a call waits for a permit; zero rejects at once
	 * @return this builder
	 */
	public PolicyBuilder bulkhead(int maxConcurrency, Duration maxWait) {
		return settings(new PolicySettings(null, null, null, null, null, null,
				new BulkheadSettings(maxConcurrency, maxWait), null));
	}

	/**
	 * Sets the executor that the work is moved to.
	 * @param executor the name of an executor of the environment
	 * @return this builder
	 */
	public PolicyBuilder executor(String executor) {
		return settings(new PolicySettings(null, null, null, null, null, null, null, executor));
	}

	/**
	 * Sets what answers in place of calls that failed, where a call does not bring its
	 * own.
	 * @param fallback returns the answer; for calls that return a stage or a publisher,
	 * it may return one of these, which is followed
	 * @return this builder
	 */
	public PolicyBuilder fallback(Recovery<?> fallback) {
		Assert.notNull(fallback, "'fallback' must not be null");
		this.fallback = fallback;
		return this;
	}

	/**
	 * Sets what the policy shares with others; by default it shares nothing.
	 * @param environment the environment
	 * @return this builder
	 */
	public PolicyBuilder environment(PolicyEnvironment environment) {
		Assert.notNull(environment, "'environment' must not be null");
		this.environment = environment;
		return this;
	}

	/**
	 * Builds the policy. Its circuit breaker, if there is one of its name in the registry
	 * already, is that one.
	 * @return the policy
	 * @throws NoSuchRateLimiterException if the environment has no rate limiter of the
	 * name
	 * @throws io.asyncstarter.executor.NoSuchExecutorException if the environment has no
	 * executor of the name
	 */
	public Policy build() {
		return new Policy(this.name, this.settings, this.environment, this.fallback);
	}

}
