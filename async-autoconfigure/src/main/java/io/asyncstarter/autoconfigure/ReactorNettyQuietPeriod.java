package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Takes the quiet period of Reactor Netty's event loops away. They are shut down after
 * all work has ended, when the two seconds in which they would wait for more only make
 * the application late. What {@value #PROPERTY} says is kept, and so is a factory of the
 * user's own.
 */
final class ReactorNettyQuietPeriod implements BeanPostProcessor {

	private static final String PROPERTY = "spring.reactor.netty.shutdown-quiet-period";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	ReactorNettyQuietPeriod(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof ReactorResourceFactory factory && !this.environment.containsProperty(PROPERTY)
				&& BootBeans.isOfBoot(this.beanFactory, beanName)) {
			factory.setShutdownQuietPeriod(Duration.ZERO);
		}
		return bean;
	}

}
