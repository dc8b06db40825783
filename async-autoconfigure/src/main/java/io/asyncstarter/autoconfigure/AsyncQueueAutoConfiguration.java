package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.queue.WorkQueues;

/**
 * Auto-configuration for work queues: a bean for each entry of {@code async.queues}, a
 * registry of them, and consumers for the methods with
 * {@link io.asyncstarter.queue.QueueListener @QueueListener}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class })
@ConditionalOnBean({ AsyncProperties.class, BoundedExecutors.class, Policies.class })
@Import(WorkQueueRegistrar.class)
public final class AsyncQueueAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(WorkQueues.class)
	WorkQueueBeans asyncWorkQueues(ConfigurableListableBeanFactory beanFactory) {
		return new WorkQueueBeans(beanFactory);
	}

	@Bean
	static QueueListenerStarter asyncQueueListenerStarter(ConfigurableListableBeanFactory beanFactory,
			ApplicationContext context, ObjectProvider<AsyncProperties> properties, ObjectProvider<WorkQueues> queues,
			ObjectProvider<Policies> policies, ObjectProvider<BoundedExecutors> executors) {
		return new QueueListenerStarter(beanFactory, context, properties, queues, policies, executors);
	}

}
