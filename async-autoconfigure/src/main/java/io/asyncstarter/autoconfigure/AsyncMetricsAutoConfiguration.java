package io.asyncstarter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.asyncstarter.actuate.BoundedExecutorMetrics;
import io.asyncstarter.executor.BoundedExecutors;

/**
 * Auto-configuration for the meters of the bounded executors.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncExecutorAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, BoundedExecutors.class })
public final class AsyncMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BoundedExecutorMetrics asyncExecutorMetrics(BoundedExecutors executors) {
		return new BoundedExecutorMetrics(executors);
	}

}
