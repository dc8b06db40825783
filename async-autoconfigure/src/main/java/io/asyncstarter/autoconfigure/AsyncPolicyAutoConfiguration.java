package io.asyncstarter.autoconfigure;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyCustomizer;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventPublisher;
import io.asyncstarter.policy.PolicyListener;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiterCustomizer;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.policy.RetryAfterExtractor;

/**
 * Auto-configuration for policies: a policy for each entry of {@code async.policies}, a
 * rate limiter for each of {@code async.rate-limiters}, and registries of both. Beans of
 * type {@link Policy} and {@link RateLimiter} are in the registries as well.
 * <p>
 * Circuit breakers, bulkheads and retries are in the registries of Resilience4j that are
 * beans, as those of its own starter are. Where there are none, policies have registries
 * of their own, which are no beans: one of another library's types could make that
 * library's, or Spring Cloud's, auto-configuration back off.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncExecutorAutoConfiguration.class)
@ConditionalOnBean({ AsyncProperties.class, BoundedExecutors.class })
public final class AsyncPolicyAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RateLimiters asyncRateLimiters(AsyncProperties properties, ObjectProvider<RateLimiterCustomizer> customizers,
			ObjectProvider<RateLimiter> rateLimiters, ObjectProvider<DeadlineTimer> timer) {
		return new ConfiguredRateLimiters(properties, timer.getIfUnique(DeadlineTimer::shared),
				customizers.orderedStream().toList())
			.with(rateLimiters.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	PolicyEnvironment asyncPolicyEnvironment(RateLimiters rateLimiters, BoundedExecutors executors,
			ObjectProvider<CircuitBreakerRegistry> circuitBreakers, ObjectProvider<BulkheadRegistry> bulkheads,
			ObjectProvider<RetryRegistry> retries, ObjectProvider<RetryAfterExtractor> retryAfterExtractors,
			ObjectProvider<PolicyListener> listeners, ObjectProvider<WorkObserver> observer,
			ObjectProvider<DeadlineTimer> timer) {
		PolicyEnvironment.Builder environment = PolicyEnvironment.builder()
			.rateLimiters(rateLimiters)
			.executors(executors);
		circuitBreakers.ifUnique(environment::circuitBreakers);
		bulkheads.ifUnique(environment::bulkheads);
		retries.ifUnique(environment::retries);
		retryAfterExtractors.orderedStream().forEach(environment::retryAfterExtractor);
		listeners.orderedStream().forEach(environment::listener);
		observer.ifUnique(environment::observer);
		timer.ifUnique(environment::timer);
		return environment.build();
	}

	@Bean
	@ConditionalOnMissingBean
	Policies asyncPolicies(AsyncProperties properties, PolicyEnvironment environment,
			ObjectProvider<PolicyCustomizer> customizers, ObjectProvider<Policy> policies) {
		return new ConfiguredPolicies(properties, environment, customizers.orderedStream().toList())
			.with(policies.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	PolicyEventPublisher asyncPolicyEventPublisher(AsyncProperties properties, ObjectProvider<Policies> policies,
			ApplicationContext context) {
		PolicyEventsProperties events = properties.policyEvents();
		return new PolicyEventPublisher(policies::getObject, context,
				(type) -> (events.enabled() != null) ? events.enabled() : EventListeners.areThereFor(type, context),
				events.queueCapacity(), events.includeSuccesses());
	}

}
