package io.asyncstarter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.asyncstarter.actuate.BoundedExecutorMetrics;
import io.asyncstarter.actuate.MonitorMetrics;
import io.asyncstarter.actuate.PolicyMetrics;
import io.asyncstarter.actuate.QueueMetrics;
import io.asyncstarter.actuate.RateLimiterMetrics;
import io.asyncstarter.actuate.TaskMetrics;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.PolicyEventPublisher;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.queue.WorkQueues;
import io.asyncstarter.task.Tasks;

/**
 * Auto-configuration for the meters of executors, policies, rate limiters, tasks, queues
 * and the monitors.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncExecutorAutoConfiguration.class, AsyncMonitorAutoConfiguration.class,
		AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class, AsyncTaskAutoConfiguration.class },
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class AsyncMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(BoundedExecutors.class)
	BoundedExecutorMetrics asyncExecutorMetrics(BoundedExecutors executors) {
		return new BoundedExecutorMetrics(executors);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Policies.class)
	PolicyMetrics asyncPolicyMetrics(Policies policies, ObjectProvider<PolicyEventPublisher> publisher) {
		return new PolicyMetrics(policies, publisher.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(WorkQueues.class)
	QueueMetrics asyncQueueMetrics(WorkQueues queues) {
		return new QueueMetrics(queues);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(RateLimiters.class)
	RateLimiterMetrics asyncRateLimiterMetrics(RateLimiters rateLimiters) {
		return new RateLimiterMetrics(rateLimiters);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(AsyncMonitor.class)
	MonitorMetrics asyncMonitorMetrics(AsyncMonitor monitor) {
		return new MonitorMetrics(monitor);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Tasks.class)
	TaskMetrics asyncTaskMetrics(Tasks tasks) {
		return new TaskMetrics(tasks);
	}

}
