package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
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

	BoundedExecutorRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
		List<ConfigurationProblem> problems = new ArrayList<>(
				new PropertiesInspector(this.environment).inspect("async", AsyncProperties.class));
		if (!problems.isEmpty()) {
			throw new InvalidAsyncConfigurationException(problems);
		}
		AsyncProperties properties = Binder.get(this.environment).bindOrCreate("async", AsyncProperties.class);
		for (String name : ExecutorSettings.names(properties)) {
			if (!registry.containsBeanDefinition(name)) {
				registry.registerBeanDefinition(name, definition(name));
			}
			else if (properties.executors().containsKey(name)) {
				problems.add(nameTaken(name, registry.getBeanDefinition(name)));
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidAsyncConfigurationException(problems);
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

	private static ConfigurationProblem nameTaken(String name, BeanDefinition definition) {
		String key = "async.executors.%s".formatted(name);
		return new ConfigurationProblem(key, null, null,
				"there is a bean named '%s' already%s".formatted(name, describe(definition.getResourceDescription())),
				"Rename the executor or the bean, or remove the executor from the configuration to use the bean.");
	}

	private static String describe(@Nullable String resource) {
		return (resource != null) ? ", defined in %s".formatted(resource) : "";
	}

}
