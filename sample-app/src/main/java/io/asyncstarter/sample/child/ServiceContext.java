package io.asyncstarter.sample.child;

import java.util.Map;

import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

import io.asyncstarter.autoconfigure.AsyncExecutorAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncShutdownAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncTaskAutoConfiguration;

/**
 * Application contexts that have what this starter configures, and nothing of the
 * gallery's. Not those of {@code SpringApplication}, which would close the logging of
 * this one along with themselves.
 */
final class ServiceContext {

	private ServiceContext() {
	}

	static AnnotationConfigApplicationContext of(Map<String, Object> properties) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("service", properties));
		context.register(LifecycleAutoConfiguration.class, AsyncExecutorAutoConfiguration.class,
				AsyncTaskAutoConfiguration.class, AsyncShutdownAutoConfiguration.class);
		return context;
	}

}
