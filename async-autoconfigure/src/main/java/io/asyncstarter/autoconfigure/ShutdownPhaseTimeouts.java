package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.env.Environment;

import io.asyncstarter.lifecycle.PhasedShutdown;

/**
 * Sees to it that Spring waits for the whole of our shutdown, and for the web server not
 * longer than the grace period, which both share. What
 * {@code spring.lifecycle.timeout-per-shutdown-phase} says is kept for the web server,
 * and for our phase if it is longer. A lifecycle processor of the user's own is left
 * alone.
 */
final class ShutdownPhaseTimeouts implements BeanPostProcessor {

	/**
	 * The phase in which the web server waits for its requests, as in Boot's
	 * {@code WebServerGracefulShutdownLifecycle}.
	 */
	static final int WEB_SERVER_PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	/**
	 * What is left for the report after both periods.
	 */
	private static final Duration MARGIN = Duration.ofSeconds(2);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	ShutdownPhaseTimeouts(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof DefaultLifecycleProcessor processor && BootBeans.isOfBoot(this.beanFactory, beanName)) {
			Binder binder = Binder.get(this.environment);
			ShutdownProperties shutdown = binder.bindOrCreate("async.shutdown", ShutdownProperties.class);
			Duration ours = shutdown.gracePeriod().plus(shutdown.cancelPeriod()).plus(MARGIN);
			Duration users = binder.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class).orElse(null);
			if (users == null) {
				processor.setTimeoutForShutdownPhase(WEB_SERVER_PHASE, Math.max(1, shutdown.gracePeriod().toMillis()));
			}
			if (users == null || users.compareTo(ours) < 0) {
				processor.setTimeoutForShutdownPhase(PhasedShutdown.PHASE, ours.toMillis());
			}
		}
		return bean;
	}

}
