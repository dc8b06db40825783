package io.asyncstarter.autoconfigure;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import io.asyncstarter.http.DeadlineAsyncInterceptor;
import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.DeadlineServletFilter;
import io.asyncstarter.http.PolicyExceptionResolver;

/**
 * Auto-configuration for services of Spring MVC: deadlines of requests, and problems as
 * the answer to rejections and timeouts of ours.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncHttpAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, HttpServletRequest.class })
@ConditionalOnBean(DeadlineHeader.class)
public final class AsyncWebMvcAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PolicyExceptionResolver asyncPolicyExceptionResolver() {
		return new PolicyExceptionResolver();
	}

	/**
	 * Deadlines of requests.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("async.deadline.http.inbound")
	static class Inbound implements WebMvcConfigurer {

		@Bean
		@ConditionalOnMissingBean
		DeadlineServletFilter asyncDeadlineServletFilter(DeadlineHeader header) {
			return new DeadlineServletFilter(header);
		}

		@Override
		public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
			DeadlineAsyncInterceptor interceptor = new DeadlineAsyncInterceptor();
			configurer.registerCallableInterceptors(interceptor);
			configurer.registerDeferredResultInterceptors(interceptor);
		}

	}

}
