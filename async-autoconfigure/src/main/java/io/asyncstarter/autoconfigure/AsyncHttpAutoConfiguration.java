package io.asyncstarter.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;

import io.asyncstarter.http.DeadlineHeader;

/**
 * Auto-configuration for what HTTP clients and servers have in common.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncExecutorAutoConfiguration.class)
@ConditionalOnClass(HttpHeaders.class)
@ConditionalOnBean(AsyncProperties.class)
public final class AsyncHttpAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DeadlineHeader asyncDeadlineHeader(AsyncProperties properties) {
		DeadlineProperties.Http http = properties.deadline().http();
		return new DeadlineHeader(http.header(), http.max());
	}

}
