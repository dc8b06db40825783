package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

import io.asyncstarter.queue.WorkQueue;

/**
 * Registers a bean for each queue. The beans are no default candidates: they are found by
 * name and by qualifier. Mistakes in the configuration were found before.
 */
final class WorkQueueRegistrar implements ImportBeanDefinitionRegistrar {

	private final Environment environment;

	WorkQueueRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
		AsyncProperties properties = Binder.get(this.environment).bindOrCreate("async", AsyncProperties.class);
		for (String name : properties.queues().keySet()) {
			if (!registry.containsBeanDefinition(name)) {
				registry.registerBeanDefinition(name, definition(name));
			}
		}
	}

	private static AbstractBeanDefinition definition(String name) {
		RootBeanDefinition definition = new RootBeanDefinition(WorkQueueFactoryBean.class);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		definition.setDefaultCandidate(false);
		// The type of the items is not known, and so fits whatever is asked for.
		definition.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, WorkQueue.class);
		return definition;
	}

}
