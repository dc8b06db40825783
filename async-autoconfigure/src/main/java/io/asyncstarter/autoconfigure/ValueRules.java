package io.asyncstarter.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * What the value of a property may be: by the type of the record's component and by
 * {@link Positive}, {@link PositiveOrZero}, {@link AtLeast}, {@link Percentage} and
 * {@link Share} on it.
 */
final class ValueRules {

	/**
	 * Exceptions that are likely to be named, for those who mistype them or leave the
	 * package out.
	 */
	private static final List<String> EXCEPTIONS = List.of("java.io.IOException", "java.io.UncheckedIOException",
			"java.lang.Exception", "java.lang.IllegalArgumentException", "java.lang.IllegalStateException",
			"java.lang.RuntimeException", "java.net.ConnectException", "java.net.SocketTimeoutException",
			"java.net.http.HttpTimeoutException", "java.util.concurrent.TimeoutException",
			"io.asyncstarter.policy.AttemptTimeoutException", "io.asyncstarter.policy.BulkheadFullException",
			"io.asyncstarter.policy.CircuitBreakerOpenException", "io.asyncstarter.policy.PolicyRejectedException",
			"io.asyncstarter.policy.RateLimitExceededException", "org.springframework.core.task.TaskRejectedException");

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
		Class<?> element = element(component);
		if (element.isEnum()) {
			return "a list of " + String.join(", ", constants(element));
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
		if (type == float.class || type == Float.class || type == double.class || type == Double.class) {
			return "a number%s".formatted(range(component));
		}
		if (component.isAnnotationPresent(Share.class)) {
			return Shares.EXPECTED;
		}
		if (isClasses(component)) {
			return "a list of exception classes by their full names, such as java.io.IOException";
		}
		return "a value of type %s".formatted(type.getSimpleName());
	}

	private static String range(RecordComponent component) {
		if (component.isAnnotationPresent(Positive.class)) {
			return " greater than zero";
		}
		if (component.isAnnotationPresent(Percentage.class)) {
			return " greater than zero and at most 100";
		}
		AtLeast least = component.getAnnotation(AtLeast.class);
		if (least != null) {
			return " that is %s or greater".formatted(number(least.value()));
		}
		return (component.isAnnotationPresent(PositiveOrZero.class)) ? " that is zero or greater" : "";
	}

	private static String number(double value) {
		return (value % 1 != 0) ? String.valueOf(value) : String.valueOf((long) value);
	}

	/**
	 * Returns the type of the elements of a list, or of the value if it is none.
	 */
	private static Class<?> element(RecordComponent component) {
		return ResolvableType.forType(component.getGenericType()).getGeneric(0).resolve(component.getType());
	}

	/**
	 * Whether the value is a list of classes, which can only be exceptions here.
	 */
	private static boolean isClasses(RecordComponent component) {
		return component.getGenericType().getTypeName().contains("<java.lang.Class<");
	}

	/**
	 * Returns what is wrong with a value that cannot be converted to the type.
	 */
	static String mismatch(RecordComponent component) {
		return (isClasses(component)) ? "there is no such class on the class path" : "it is not " + expected(component);
	}

	/**
	 * Returns what is wrong with a value of the right type, if anything.
	 */
	static Optional<String> violation(RecordComponent component, @Nullable Object value) {
		return switch (value) {
			case Number number -> violation(component, number.doubleValue());
			case Duration duration ->
				violation(component, (duration.isNegative()) ? -1 : ((duration.isZero()) ? 0 : 1));
			case String text when component.isAnnotationPresent(Share.class) -> shareViolation(component, text);
			case Collection<?> classes when isClasses(component) -> classes.stream()
				.filter((type) -> type instanceof Class<?> candidate && !Throwable.class.isAssignableFrom(candidate))
				.findFirst()
				.map((type) -> "'%s' is not an exception".formatted(((Class<?>) type).getName()));
			case null, default -> Optional.empty();
		};
	}

	// Conditions are negated so that NaN meets none of them.
	private static Optional<String> violation(RecordComponent component, double value) {
		if (component.isAnnotationPresent(Positive.class) && !(value > 0)) {
			return Optional.of("it must be greater than zero");
		}
		if (component.isAnnotationPresent(PositiveOrZero.class) && !(value >= 0)) {
			return Optional.of("it must not be negative");
		}
		if (component.isAnnotationPresent(Percentage.class) && !(value > 0 && value <= 100)) {
			return Optional.of("it must be greater than zero and at most 100");
		}
		AtLeast least = component.getAnnotation(AtLeast.class);
		return (least != null && !(value >= least.value()))
				? Optional.of("it must be at least %s".formatted(number(least.value()))) : Optional.empty();
	}

	private static Optional<String> shareViolation(RecordComponent component, String text) {
		try {
			Shares.parse(component.getName(), text);
			return Optional.empty();
		}
		catch (IllegalArgumentException ex) {
			return Optional.of("it is not " + expected(component));
		}
	}

	/**
	 * Returns the constant of an enumeration, or the class, that a mistyped one was
	 * probably meant to be.
	 */
	static Optional<String> nearest(RecordComponent component, String value) {
		if (isClasses(component)) {
			return EXCEPTIONS.stream()
				.filter((name) -> name.endsWith("." + value))
				.findFirst()
				.or(() -> NearestName.of(value, EXCEPTIONS));
		}
		Class<?> type = element(component);
		return (type.isEnum()) ? NearestName.of(value.toLowerCase(Locale.ROOT), constants(type)) : Optional.empty();
	}

	private static List<String> constants(Class<?> type) {
		return Arrays.stream(type.getEnumConstants())
			.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList();
	}

}
