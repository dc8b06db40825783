package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

import io.asyncstarter.actuate.AsyncHealthCheck;
import io.asyncstarter.actuate.AsyncHealthIndicator;
import io.asyncstarter.actuate.EventLoopHealthCheck;
import io.asyncstarter.actuate.ExecutorHealthCheck;
import io.asyncstarter.actuate.PolicyHealthCheck;
import io.asyncstarter.actuate.QueueHealthCheck;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.policy.Policies;

/**
 * Auto-configuration for the health contributor {@code async}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncExecutorAutoConfiguration.class, AsyncMonitorAutoConfiguration.class,
		AsyncPolicyAutoConfiguration.class })
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("async")
public final class AsyncHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "asyncHealthIndicator", "asyncHealthContributor" })
	AsyncHealthIndicator asyncHealthContributor(ObjectProvider<AsyncHealthCheck> checks) {
		return new AsyncHealthIndicator(checks.orderedStream().toList());
	}

	@Bean
	@Order(0)
	@ConditionalOnMissingBean
	@ConditionalOnBean(BoundedExecutors.class)
	ExecutorHealthCheck asyncExecutorHealthCheck(BoundedExecutors executors, AsyncProperties properties) {
		return new ExecutorHealthCheck(executors::all, properties.health().executorSaturatedAbove(),
				DeadlineTimer.shared());
	}

	@Bean
	@Order(100)
	@ConditionalOnMissingBean
	@ConditionalOnBean(Policies.class)
	PolicyHealthCheck asyncPolicyHealthCheck(Policies policies) {
		return new PolicyHealthCheck(policies);
	}

	@Bean
	@Order(200)
	@ConditionalOnMissingBean
	QueueHealthCheck asyncQueueHealthCheck(ConfigurableListableBeanFactory beanFactory, AsyncProperties properties) {
		return new QueueHealthCheck(new BeanFactoryWorkQueues(beanFactory)::existing,
				properties.health().queueItemWaitsAbove());
	}

	@Bean
	@Order(300)
	@ConditionalOnMissingBean
	@ConditionalOnBean(AsyncMonitor.class)
	EventLoopHealthCheck asyncEventLoopHealthCheck(AsyncMonitor monitor, AsyncProperties properties) {
		return new EventLoopHealthCheck(monitor.getEventLoops(), properties.health().eventLoopBlockedAbove());
	}

}
