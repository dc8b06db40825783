package io.asyncstarter.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.propertyeditors.ClassEditor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

/**
 * The properties under {@code async} and the bean definitions, as
 * {@link ConfigurationCheck}s see them: no bean exists yet.
 */
final class CheckedConfiguration {

	private static final String PREFIX = "async";

	/**
	 * What settings say of a value, such as
	 * <code>'openFor' must be at least 1 ms but was PT0S</code>.
	 */
	private static final Pattern REFUSAL = Pattern.compile("'(\\w+)' (.+?)(?: but was .*)?");

	private final Environment environment;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Binder binder;

	private final AsyncProperties properties;

	CheckedConfiguration(Environment environment, ConfigurableListableBeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = beanFactory;
		this.binder = new Binder(ConfigurationPropertySources.get(environment),
				new PropertySourcesPlaceholdersResolver(environment), null, (editors) -> editors
					.registerCustomEditor(Class.class, new ClassEditor(beanFactory.getBeanClassLoader())));
		this.properties = this.binder.bindOrCreate(PREFIX, Bindable.of(AsyncProperties.class),
				new IgnoreErrorsBindHandler());
	}

	/**
	 * Finds the mistakes that can be seen from one property alone.
	 */
	List<ConfigurationProblem> inspect() {
		return new PropertiesInspector(this.environment, this.binder).inspect(PREFIX, AsyncProperties.class);
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
		return new TreeSet<>(
				this.binder.bind(key, Bindable.mapOf(String.class, Object.class), new IgnoreErrorsBindHandler())
					.orElseGet(Map::of)
					.keySet());
	}

	/**
	 * Returns the names of the beans of a type that are known so far: all that users have
	 * declared.
	 */
	List<String> beanNames(Class<?> type) {
		return Arrays.asList(this.beanFactory.getBeanNamesForType(type, true, false));
	}

	/**
	 * Returns whether users have declared a bean of a type.
	 * @param type the type
	 * @param ours the type of the bean that there is otherwise
	 */
	boolean hasBean(Class<?> type, Class<?> ours) {
		return beanNames(type).stream().anyMatch((name) -> !this.beanFactory.isTypeMatch(name, ours));
	}

	/**
	 * Returns the definition of a bean, or {@code null} if there is none of the name.
	 */
	@Nullable BeanDefinition beanDefinition(String name) {
		return (this.beanFactory.containsBeanDefinition(name)) ? this.beanFactory.getBeanDefinition(name) : null;
	}

	/**
	 * Returns the values of an attribute that users' bean definitions have.
	 */
	SortedSet<String> beanAttributes(String attribute) {
		SortedSet<String> values = new TreeSet<>();
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			if (this.beanFactory.getBeanDefinition(name).getAttribute(attribute) instanceof String value) {
				values.add(value);
			}
		}
		return values;
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

	/**
	 * Returns a value as it was written, or {@code null} if it is not set.
	 */
	@Nullable String written(String key) {
		ConfigurationProperty property = property(key);
		return (property != null) ? String.valueOf(property.getValue()) : null;
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

	/**
	 * Adds a mistake if what is made from the properties refuses one of them. The name of
	 * the property is taken from the message, which begins with it, quoted.
	 * @param key the key of the group of properties
	 * @param maker makes something from the properties
	 * @param problems the mistakes to add to
	 */
	void tryOut(String key, Supplier<?> maker, List<ConfigurationProblem> problems) {
		try {
			Object made = maker.get();
			Assert.state(made != null, "Nothing was made of '%s'".formatted(key));
		}
		catch (IllegalArgumentException ex) {
			Matcher message = REFUSAL.matcher(String.valueOf(ex.getMessage()));
			problems.add((message.matches())
					? problem("%s.%s".formatted(key, DataObjectPropertyName.toDashedForm(message.group(1))),
							"it %s".formatted(message.group(2)), "Set it to a value that is allowed.")
					: problem(key, String.valueOf(ex.getMessage()), "Set it to a value that is allowed."));
		}
	}

}
