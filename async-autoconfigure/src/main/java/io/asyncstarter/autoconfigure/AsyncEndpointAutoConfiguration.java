package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

import io.asyncstarter.actuate.AsyncEndpoint;
import io.asyncstarter.actuate.AsyncEndpointArguments;
import io.asyncstarter.actuate.AsyncEndpointKind;
import io.asyncstarter.actuate.AsyncEndpointWebExtension;
import io.asyncstarter.actuate.BoundedExecutorKind;
import io.asyncstarter.actuate.MonitorKind;
import io.asyncstarter.actuate.PolicyKind;
import io.asyncstarter.actuate.QueueKind;
import io.asyncstarter.actuate.RateLimiterKind;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.queue.WorkQueues;

/**
 * Auto-configuration for the actuator endpoint {@code async}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncExecutorAutoConfiguration.class, AsyncMonitorAutoConfiguration.class,
		AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(AsyncEndpoint.class)
public final class AsyncEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AsyncEndpoint asyncEndpoint(ObjectProvider<AsyncEndpointKind<?>> kinds) {
		return new AsyncEndpoint(kinds.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	AsyncEndpointArguments asyncEndpointArguments() {
		return new AsyncEndpointArguments();
	}

	@Bean
	@Order(0)
	@ConditionalOnMissingBean
	@ConditionalOnBean(BoundedExecutors.class)
	BoundedExecutorKind asyncExecutorKind(BoundedExecutors executors) {
		return new BoundedExecutorKind(executors);
	}

	@Bean
	@Order(1)
	@ConditionalOnMissingBean
	@ConditionalOnBean(Policies.class)
	PolicyKind asyncPolicyKind(Policies policies) {
		return new PolicyKind(policies);
	}

	@Bean
	@Order(2)
	@ConditionalOnMissingBean
	@ConditionalOnBean(RateLimiters.class)
	RateLimiterKind asyncRateLimiterKind(RateLimiters rateLimiters) {
		return new RateLimiterKind(rateLimiters);
	}

	@Bean
	@Order(100)
	@ConditionalOnMissingBean
	@ConditionalOnBean(AsyncMonitor.class)
	MonitorKind asyncMonitorKind(AsyncMonitor monitor) {
		return new MonitorKind(monitor);
	}

	@Bean
	@Order(3)
	@ConditionalOnMissingBean
	@ConditionalOnBean(WorkQueues.class)
	QueueKind asyncQueueKind(WorkQueues queues) {
		return new QueueKind(queues);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(AsyncEndpoint.class)
	@ConditionalOnAvailableEndpoint(endpoint = AsyncEndpoint.class, exposure = EndpointExposure.WEB)
	AsyncEndpointWebExtension asyncEndpointWebExtension(AsyncEndpoint endpoint) {
		return new AsyncEndpointWebExtension(endpoint);
	}

}
