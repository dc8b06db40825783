package io.asyncstarter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;

import io.asyncstarter.actuate.DeadlineHeaderMetrics;
import io.asyncstarter.http.DeadlineHeader;

/**
 * Auto-configuration for the meters of deadlines over HTTP.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncHttpAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass({ MeterRegistry.class, HttpHeaders.class })
@ConditionalOnBean({ MeterRegistry.class, DeadlineHeader.class })
public final class AsyncHttpMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DeadlineHeaderMetrics asyncDeadlineHeaderMetrics(DeadlineHeader header) {
		return new DeadlineHeaderMetrics(header);
	}

}
