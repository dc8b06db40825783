package io.asyncstarter.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What the value of a property may be: by the type of the record's component and by
 * {@link Positive} and {@link PositiveOrZero} on it.
 */
final class ValueRules {

	private ValueRules() {
	}

	/**
	 * Describes the values that are allowed.
	 */
	static String expected(RecordComponent component) {
		Class<?> type = component.getType();
		if (type.isEnum()) {
			return "one of " + String.join(", ", constants(type));
		}
		if (type == boolean.class || type == Boolean.class) {
			return "true or false";
		}
		if (type == Duration.class) {
			return "a duration%s, such as 250ms, 5s or 1m".formatted(range(component));
		}
		if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
			return "a whole number%s".formatted(range(component));
		}
		return "a value of type %s".formatted(type.getSimpleName());
	}

	private static String range(RecordComponent component) {
		if (component.isAnnotationPresent(Positive.class)) {
			return " greater than zero";
		}
		return (component.isAnnotationPresent(PositiveOrZero.class)) ? " that is zero or greater" : "";
	}

	/**
	 * Returns what is wrong with a value of the right type, if anything.
	 */
	static Optional<String> violation(RecordComponent component, @Nullable Object value) {
		int sign = switch (value) {
			case Number number -> Long.signum(number.longValue());
			case Duration duration -> (duration.isNegative()) ? -1 : ((duration.isZero()) ? 0 : 1);
			case null, default -> 1;
		};
		if (component.isAnnotationPresent(Positive.class) && sign <= 0) {
			return Optional.of("it must be greater than zero");
		}
		if (component.isAnnotationPresent(PositiveOrZero.class) && sign < 0) {
			return Optional.of("it must not be negative");
		}
		return Optional.empty();
	}

	/**
	 * Returns the constant of an enumeration that a mistyped one was probably meant to
	 * be.
	 */
	static Optional<String> nearest(RecordComponent component, String value) {
		return (component.getType().isEnum())
				? NearestName.of(value.toLowerCase(Locale.ROOT), constants(component.getType())) : Optional.empty();
	}

	private static List<String> constants(Class<?> type) {
		return Arrays.stream(type.getEnumConstants())
			.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList();
	}

}
