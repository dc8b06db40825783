package io.asyncstarter.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;

import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.DeadlineWebFilter;
import io.asyncstarter.http.PolicyWebExceptionHandler;

/**
 * Auto-configuration for services of WebFlux: deadlines of requests, and problems as the
 * answer to rejections and timeouts of ours.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncHttpAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(DeadlineHeader.class)
public final class AsyncWebFluxAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty("async.deadline.http.inbound")
	DeadlineWebFilter asyncDeadlineWebFilter(DeadlineHeader header) {
		return new DeadlineWebFilter(header);
	}

	@Bean
	@ConditionalOnMissingBean
	PolicyWebExceptionHandler asyncPolicyWebExceptionHandler() {
		return new PolicyWebExceptionHandler();
	}

}
