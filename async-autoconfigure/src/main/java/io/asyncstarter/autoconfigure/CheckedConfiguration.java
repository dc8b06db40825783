package io.asyncstarter.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * The properties under {@code async} and the bean definitions, as
 * {@link ConfigurationCheck}s see them: no bean exists yet.
 */
final class CheckedConfiguration {

	private static final String PREFIX = "async";

	private final Environment environment;

	private final ConfigurableListableBeanFactory beanFactory;

	private final AsyncProperties properties;

	CheckedConfiguration(Environment environment, ConfigurableListableBeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = beanFactory;
		this.properties = Binder.get(environment)
			.bindOrCreate(PREFIX, Bindable.of(AsyncProperties.class), new IgnoreErrorsBindHandler());
	}

	/**
	 * Finds the mistakes that can be seen from one property alone.
	 */
	List<ConfigurationProblem> inspect() {
		return new PropertiesInspector(this.environment).inspect(PREFIX, AsyncProperties.class);
	}

	/**
	 * Returns the properties, as far as they could be bound.
	 */
	AsyncProperties properties() {
		return this.properties;
	}

	/**
	 * Returns the names in a map of named things, those included whose values could not
	 * be bound.
	 * @param key the key of the map, such as {@code async.executors}
	 */
	SortedSet<String> names(String key) {
		return new TreeSet<>(Binder.get(this.environment)
			.bind(key, Bindable.mapOf(String.class, Object.class), new IgnoreErrorsBindHandler())
			.orElseGet(Map::of)
			.keySet());
	}

	/**
	 * Returns the names of the beans of a type that users have declared.
	 */
	List<String> beanNames(Class<?> type) {
		return Arrays.asList(this.beanFactory.getBeanNamesForType(type, true, false));
	}

	/**
	 * Returns the definition of a bean, or {@code null} if there is none of the name.
	 */
	@Nullable BeanDefinition beanDefinition(String name) {
		return (this.beanFactory.containsBeanDefinition(name)) ? this.beanFactory.getBeanDefinition(name) : null;
	}

	/**
	 * Describes a mistake, with the value of the property and where that was set.
	 */
	ConfigurationProblem problem(String key, String reason, String fix) {
		ConfigurationProperty property = property(key);
		return (property != null)
				? new ConfigurationProblem(key, String.valueOf(property.getValue()), property.getOrigin(), reason, fix)
				: new ConfigurationProblem(key, null, null, reason, fix);
	}

	private @Nullable ConfigurationProperty property(String key) {
		if (!ConfigurationPropertyName.isValid(key)) {
			return null;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	/**
	 * Describes a name that nothing has: with the nearest that there is, or else all.
	 * @param key the key of the property that holds the name
	 * @param name the name
	 * @param noun what has names of this kind, such as {@code executor}
	 * @param map the key of the map that such things are configured in
	 * @param known the names that there are
	 */
	ConfigurationProblem unknownName(String key, String name, String noun, String map, Collection<String> known) {
		String fix = NearestName.of(name, known)
			.map((nearest) -> "Did you mean '%s'?".formatted(nearest))
			.orElseGet(() -> "Configure it under '%s.%s'%s.".formatted(map, name,
					(!known.isEmpty()) ? ", or take one of %s".formatted(String.join(", ", known)) : ""));
		return problem(key, "there is no %s named '%s'".formatted(noun, name), fix);
	}

}
