package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * Registers a bean for each executor, after it has looked at the whole configuration:
 * this is the first of our code to run.
 * <p>
 * The beans are no default candidates. As such they are found by name and by qualifier
 * but are not taken for <em>the</em> executor of the application, so that Boot's
 * {@code applicationTaskExecutor} stays.
 */
final class BoundedExecutorRegistrar implements ImportBeanDefinitionRegistrar {

	private final Environment environment;

	private final ConfigurableListableBeanFactory beanFactory;

	BoundedExecutorRegistrar(Environment environment, BeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
		CheckedConfiguration configuration = new CheckedConfiguration(this.environment, this.beanFactory);
		ConfigurationChecks.run(configuration);
		for (String name : ExecutorSettings.names(configuration.properties())) {
			if (!registry.containsBeanDefinition(name)) {
				registry.registerBeanDefinition(name, definition(name));
			}
		}
	}

	private static AbstractBeanDefinition definition(String name) {
		RootBeanDefinition definition = new RootBeanDefinition(BoundedExecutorFactoryBean.class);
		definition.setTargetType(ResolvableType.forClass(BoundedExecutorFactoryBean.class));
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		definition.setDefaultCandidate(false);
		// Otherwise the factory is created early, whenever somebody asks for beans of any
		// type.
		definition.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, BoundedExecutor.class);
		return definition;
	}

}
