package io.asyncstarter.autoconfigure;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;

/**
 * Compares the properties below a prefix with the records they are to be bound to, and
 * finds everything that does not fit: unknown keys, names that are not kebab-case, values
 * of the wrong type, numbers and durations out of range. Binding itself would stop at the
 * first mistake and ignore unknown keys.
 * <p>
 * Keys from the environment and from system properties are not held against their author
 * if they are unknown, since others write there too (the same exception that Boot makes);
 * their values are checked all the same.
 */
final class PropertiesInspector {

	private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

	/**
	 * Names under which Spring and Boot look for executors and schedulers of their own.
	 */
	private static final Set<String> RESERVED_NAMES = Set.of("applicationTaskExecutor", "taskExecutor", "taskScheduler",
			"bootstrapExecutor");

	/**
	 * What YAML makes of the key 'on' unless it is quoted.
	 */
	private static final String UNQUOTED_ON = "true";

	private final Environment environment;

	private final Binder binder;

	private final SortedMap<String, ConfigurationProblem> problems = new TreeMap<>();

	PropertiesInspector(Environment environment, Binder binder) {
		this.environment = environment;
		this.binder = binder;
	}

	/**
	 * Finds the mistakes.
	 * @param prefix the prefix of the properties
	 * @param type the record that they are to be bound to
	 * @return the mistakes in the order of their keys
	 */
	List<ConfigurationProblem> inspect(String prefix, Class<? extends Record> type) {
		ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
		UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				boolean strict = filter.apply(source);
				iterable.stream()
					.filter(root::isAncestorOf)
					.forEach((name) -> new Visit(iterable, name, strict).visit(ResolvableType.forClass(type),
							root.getNumberOfElements(), null));
			}
		}
		return List.copyOf(this.problems.values());
	}

	private static String dashed(RecordComponent component) {
		return DataObjectPropertyName.toDashedForm(boundName(component));
	}

	/**
	 * Returns the name to bind to, which {@link Name} tells if it is a keyword of Java.
	 * The annotation is not to be had from the component itself.
	 */
	private static String boundName(RecordComponent component) {
		Field field = ReflectionUtils.findField(component.getDeclaringRecord(), component.getName());
		Name name = (field != null) ? field.getAnnotation(Name.class) : null;
		return (name != null) ? name.value() : component.getName();
	}

	/**
	 * The way of one property down the tree of records and maps.
	 */
	private final class Visit {

		private final ConfigurationPropertySource source;

		private final ConfigurationPropertyName name;

		private final boolean strict;

		private Visit(ConfigurationPropertySource source, ConfigurationPropertyName name, boolean strict) {
			this.source = source;
			this.name = name;
			this.strict = strict;
		}

		private void visit(ResolvableType type, int depth, @Nullable RecordComponent component) {
			if (type.resolve(Object.class).isRecord()) {
				visitRecord(type, depth);
			}
			else if (Map.class.isAssignableFrom(type.resolve(Object.class))) {
				visitMap(type, depth, component);
			}
			else if (component != null) {
				visitValue(type, depth, component);
			}
		}

		private void visitRecord(ResolvableType type, int depth) {
			RecordComponent[] components = type.resolve(Object.class).getRecordComponents();
			if (depth == this.name.getNumberOfElements()) {
				if (!isEmpty(value())) {
					requireKeysBelow(dashed(components[0]));
				}
				return;
			}
			String element = this.name.getElement(depth, Form.UNIFORM);
			for (RecordComponent component : components) {
				if (boundName(component).equalsIgnoreCase(element)) {
					visit(ResolvableType.forType(component.getGenericType()), depth + 1, component);
					return;
				}
			}
			if (this.strict) {
				unknownKey(depth,
						Arrays.stream(components)
							.map(PropertiesInspector::dashed)
							.filter((key) -> !key.equals(UNQUOTED_ON))
							.sorted()
							.toList());
			}
		}

		private void visitMap(ResolvableType type, int depth, @Nullable RecordComponent component) {
			if (depth == this.name.getNumberOfElements()) {
				// Not even an empty value, which is what a YAML key without keys below it
				// has,
				// can be bound to a map.
				requireKeysBelow("<name>");
				return;
			}
			String element = this.name.getElement(depth, Form.ORIGINAL);
			if (component != null && component.isAnnotationPresent(AnyName.class)) {
				visit(type.getGeneric(1), depth + 1, null);
				return;
			}
			if (RESERVED_NAMES.contains(element)) {
				add(depth + 1, null,
						"'%s' is the name of a bean of Spring's own, which must not be replaced".formatted(element),
						"Take another name, for example '%s'.".formatted(kebab(element)));
				return;
			}
			if (!KEBAB_CASE.matcher(element).matches()) {
				add(depth + 1, null, "'%s' is not a name".formatted(element),
						"Take lower-case letters, digits and single dashes, for example '%s'."
							.formatted(kebab(element)));
				return;
			}
			visit(type.getGeneric(1), depth + 1, null);
		}

		private static String kebab(String element) {
			String kebab = DataObjectPropertyName.toDashedForm(element)
				.replaceAll("[^a-z0-9]+", "-")
				.replaceAll("^[^a-z]+|-+$", "");
			return (!kebab.isEmpty()) ? kebab : "orders";
		}

		private void visitValue(ResolvableType type, int depth, RecordComponent component) {
			if (depth < this.name.getNumberOfElements() && !this.name.isNumericIndex(depth)) {
				add(this.name.getNumberOfElements(), null,
						"'%s' takes a value and has no keys below it".formatted(written(depth)),
						"Set '%s' to %s.".formatted(written(depth), ValueRules.expected(component)));
				return;
			}
			try {
				Object value = PropertiesInspector.this.binder.bind(this.name.chop(depth), Bindable.of(type))
					.orElse(null);
				ValueRules.violation(component, value)
					.ifPresent((reason) -> add(depth, value(), reason, fix(component)));
			}
			catch (BindException ex) {
				ConfigurationProperty property = ex.getProperty();
				Object value = (property != null) ? property.getValue() : value();
				add(depth, value, ValueRules.mismatch(component), fix(component, value));
			}
		}

		private String fix(RecordComponent component, @Nullable Object value) {
			return ValueRules.nearest(component, String.valueOf(value))
				.map((nearest) -> "Did you mean '%s'?".formatted(nearest))
				.orElseGet(() -> fix(component));
		}

		private String fix(RecordComponent component) {
			return "Set it to %s.".formatted(ValueRules.expected(component));
		}

		private void requireKeysBelow(String key) {
			add(this.name.getNumberOfElements(), value(), "it takes keys below it, not a value",
					"Set '%s.%s' or another key of it, or remove it."
						.formatted(written(this.name.getNumberOfElements()), key));
		}

		private static boolean isEmpty(@Nullable Object value) {
			return value == null || value.toString().isEmpty();
		}

		private void unknownKey(int depth, List<String> known) {
			String parent = written(depth);
			String typed = this.name.getElement(depth, Form.DASHED);
			String fix = NearestName.of(typed, known)
				.map((nearest) -> "Did you mean '%s.%s'?".formatted(parent, nearest))
				.orElseGet(() -> "Known keys of '%s' are: %s.".formatted(parent, String.join(", ", known)));
			add(depth + 1, (depth + 1 == this.name.getNumberOfElements()) ? value() : null, "there is no such key",
					fix);
		}

		/**
		 * Returns the first elements of the name, as they were written.
		 */
		private String written(int depth) {
			return IntStream.range(0, depth)
				.mapToObj((index) -> this.name.getElement(index, Form.ORIGINAL))
				.map((element) -> (element.equals(UNQUOTED_ON)) ? "on" : element)
				.collect(Collectors.joining("."));
		}

		private @Nullable Object value() {
			ConfigurationProperty property = this.source.getConfigurationProperty(this.name);
			return (property != null) ? property.getValue() : null;
		}

		private void add(int depth, @Nullable Object value, String reason, String fix) {
			ConfigurationProperty property = this.source.getConfigurationProperty(this.name);
			String key = written(depth);
			PropertiesInspector.this.problems.putIfAbsent(key,
					new ConfigurationProblem(key, (value != null) ? value.toString() : null,
							(property != null) ? property.getOrigin() : null, reason, fix));
		}

	}

}
