package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Tells the beans that Spring Boot has configured from those of users, which are not to
 * be touched.
 */
final class BootBeans {

	private BootBeans() {
	}

	static boolean isOfBoot(ConfigurableListableBeanFactory beanFactory, String beanName) {
		if (!beanFactory.containsBeanDefinition(beanName)) {
			return false;
		}
		String factory = beanFactory.getBeanDefinition(beanName).getFactoryBeanName();
		return factory != null && factory.startsWith("org.springframework.boot.");
	}

}
