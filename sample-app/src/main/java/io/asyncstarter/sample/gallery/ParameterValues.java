package io.asyncstarter.sample.gallery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The values of a run's parameters, all of them checked, defaults filled in.
 *
 * @since 0.1.0
 */
public final class ParameterValues {

	private final Map<String, Object> values;

	private ParameterValues(Map<String, Object> values) {
		this.values = Collections.unmodifiableMap(values);
	}

	@JsonValue
	Map<String, Object> asMap() {
		return this.values;
	}

	int number(String name) {
		return (Integer) value(name);
	}

	boolean flag(String name) {
		return (Boolean) value(name);
	}

	String choice(String name) {
		return (String) value(name);
	}

	private Object value(String name) {
		Object value = this.values.get(name);
		if (value == null) {
			throw new IllegalArgumentException(
					"No parameter '%s' is declared, only %s".formatted(name, this.values.keySet()));
		}
		return value;
	}

	static ParameterValues of(List<Parameter> declared, Map<String, ?> given) {
		List<InvalidParameter> invalid = new ArrayList<>();
		Map<String, Object> values = new LinkedHashMap<>();
		for (Parameter parameter : declared) {
			Object value = given.get(parameter.name());
			values.put(parameter.name(), (value != null) ? check(parameter, value, invalid) : parameter.defaultValue());
		}
		given.forEach((name, value) -> {
			if (!values.containsKey(name)) {
				invalid.add(unknown(declared, name, value));
			}
		});
		if (!invalid.isEmpty()) {
			throw new InvalidParametersException(invalid);
		}
		return new ParameterValues(values);
	}

	private static Object check(Parameter parameter, Object value, List<InvalidParameter> invalid) {
		Object checked = switch (parameter.type()) {
			case NUMBER -> number(parameter, value);
			case FLAG -> flag(value);
			case CHOICE -> parameter.choices().contains(value) ? value : null;
		};
		if (checked != null) {
			return checked;
		}
		invalid.add(new InvalidParameter(parameter.name(), value, "it is not " + expected(parameter),
				"Change it, or leave it out for %s".formatted(parameter.defaultValue())));
		return parameter.defaultValue();
	}

	private static @Nullable Integer number(Parameter parameter, Object value) {
		Integer min = parameter.min();
		Integer max = parameter.max();
		if (min == null || max == null || !value.toString().matches("-?[0-9]{1,9}")) {
			return null;
		}
		int number = Integer.parseInt(value.toString());
		return (number >= min && number <= max) ? number : null;
	}

	private static @Nullable Boolean flag(Object value) {
		return switch (value.toString().toLowerCase(Locale.ROOT)) {
			case "true" -> true;
			case "false" -> false;
			default -> null;
		};
	}

	private static String expected(Parameter parameter) {
		return switch (parameter.type()) {
			case NUMBER -> "a whole number from %d to %d".formatted(parameter.min(), parameter.max());
			case FLAG -> "true or false";
			case CHOICE -> "one of " + String.join(", ", parameter.choices());
		};
	}

	private static InvalidParameter unknown(List<Parameter> declared, String name, @Nullable Object value) {
		List<String> names = declared.stream().map(Parameter::name).toList();
		String fix = names.stream()
			.filter((known) -> distance(known, name) <= 2)
			.min(Comparator.comparingInt((known) -> distance(known, name)))
			.map((known) -> "Did you mean '%s'? ".formatted(known))
			.orElse("");
		String allowed = names.isEmpty() ? "It has none" : "It has " + String.join(", ", names);
		return new InvalidParameter(name, value, "the pattern has no such parameter", fix + allowed);
	}

	// Levenshtein's: how many letters to add, drop or change
	private static int distance(String one, String other) {
		int[] row = IntStream.rangeClosed(0, other.length()).toArray();
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int change = diagonal + ((one.charAt(i - 1) != other.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(change, 1 + Math.min(row[j - 1], row[j]));
			}
		}
		return row[other.length()];
	}

}
