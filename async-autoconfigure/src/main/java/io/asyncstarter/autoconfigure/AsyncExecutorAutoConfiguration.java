package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import io.asyncstarter.executor.BoundedExecutors;

/**
 * Auto-configuration for bounded executors: a bean for each entry of
 * {@code async.executors}, and {@code io} and {@code cpu} in any case.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties(AsyncProperties.class)
@Import(BoundedExecutorRegistrar.class)
public final class AsyncExecutorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(BoundedExecutors.class)
	BeanFactoryBoundedExecutors boundedExecutors(ConfigurableListableBeanFactory beanFactory) {
		return new BeanFactoryBoundedExecutors(beanFactory);
	}

	@Bean
	static AsyncMethodCheck asyncMethodCheck(ConfigurableListableBeanFactory beanFactory) {
		return new AsyncMethodCheck(beanFactory);
	}

}
