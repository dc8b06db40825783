package io.asyncstarter.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * Says that the application takes no more work, before anything else happens at its
 * shutdown. Spring Boot does so for applications with a web server only.
 */
final class RefusingTraffic implements ApplicationListener<ContextClosedEvent>, ApplicationContextAware, Ordered {

	private volatile @Nullable ApplicationContext applicationContext;

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		ApplicationContext context = this.applicationContext;
		if (context != null && event.getApplicationContext() == context && !isRefusing(context)) {
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
		}
	}

	private static boolean isRefusing(ApplicationContext context) {
		return context.getBeanProvider(ApplicationAvailability.class)
			.stream()
			.anyMatch((availability) -> availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC);
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
