package io.asyncstarter.actuate;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.Assert;

/**
 * The values of a request that changes one thing. Say first what may be changed, then
 * {@link #check()}, which refuses the request if anything is wrong with it, then apply
 * each change, which writes it to the log:
 *
 * <pre class="code">
 * Changes changes = new Changes("Executor 'io'", values);
 * Change&lt;Integer&gt; maxConcurrency = changes.wholeNumber("maxConcurrency", 1, executor.getMaxConcurrency());
 * changes.check();
 * maxConcurrency.apply(executor::setMaxConcurrency);
 * </pre>
 *
 * Values are texts or numbers, according to the way on which they came. Instances are not
 * safe for use by multiple threads.
 */
final class Changes {

	private static final Log logger = LogFactory.getLog(AsyncEndpoint.class);

	private final String subject;

	private final Map<String, @Nullable Object> values;

	private final Set<String> allowed = new LinkedHashSet<>();

	private final List<String> problems = new ArrayList<>();

	/**
	 * Creates the changes of a thing.
	 * @param subject the thing, as the log names it
	 * @param values the values by key
	 */
	Changes(String subject, Map<String, @Nullable Object> values) {
		this.subject = subject;
		this.values = values;
	}

	Change<Integer> wholeNumber(String key, int least, int current) {
		return change(key, current, (value) -> {
			int number = parse(value, Integer::valueOf, "a whole number");
			require(number >= least, "at least %d".formatted(least), value);
			return number;
		});
	}

	Change<Long> longNumber(String key, long least, long current) {
		return change(key, current, (value) -> {
			long number = parse(value, Long::valueOf, "a whole number");
			require(number >= least, "at least %d".formatted(least), value);
			return number;
		});
	}

	/**
	 * Allows a change to a duration that is more than zero.
	 */
	Change<Duration> positiveDuration(String key, Duration current) {
		return change(key, current, Changes::positive);
	}

	/**
	 * Allows a change to a duration that is more than zero, or to none by {@code null} or
	 * an empty text.
	 */
	Change<@Nullable Duration> optionalDuration(String key, @Nullable Duration current) {
		return change(key, current, (value) -> (!value.isEmpty()) ? positive(value) : null);
	}

	/**
	 * Allows a change to a duration that is zero or more.
	 */
	Change<Duration> duration(String key, Duration current) {
		return change(key, current, (value) -> {
			Duration duration = parse(value, Changes::parseDuration, "a duration such as 250ms or 5s");
			require(!duration.isNegative(), "zero or more", value);
			return duration;
		});
	}

	/**
	 * Allows one of several words.
	 */
	Change<String> choice(String key, Collection<String> words, String current) {
		return change(key, current, (value) -> {
			require(words.contains(value), "one of %s".formatted(String.join(", ", words)), value);
			return value;
		});
	}

	private <V extends @Nullable Object> Change<V> change(String key, V current, Function<String, V> parser) {
		this.allowed.add(key);
		if (this.values.containsKey(key)) {
			try {
				V value = parser.apply(Objects.toString(this.values.get(key), "").strip());
				return new Change<>(this.subject, key, true, current, value);
			}
			catch (ValueException ex) {
				this.problems.add("'%s' must be %s".formatted(key, ex.getMessage()));
			}
		}
		return new Change<>(this.subject, key, false, current, current);
	}

	private static Duration positive(String value) {
		Duration duration = parse(value, Changes::parseDuration, "a duration such as 250ms or 5s");
		require(duration.isPositive(), "more than zero", value);
		return duration;
	}

	private static Duration parseDuration(String value) {
		return DurationStyle.detectAndParse(value);
	}

	private static <V> V parse(String value, Function<String, V> parser, String expected) {
		try {
			return parser.apply(value);
		}
		catch (IllegalArgumentException | ArithmeticException | DateTimeParseException ex) {
			throw new ValueException("%s but was '%s'".formatted(expected, value));
		}
	}

	private static void require(boolean condition, String expected, String value) {
		if (!condition) {
			throw new ValueException("%s but was %s".formatted(expected, value));
		}
	}

	/**
	 * Adds a rule about the values together.
	 */
	void require(boolean condition, String rule) {
		if (!condition) {
			this.problems.add(rule);
		}
	}

	/**
	 * Adds what something says of the values together that is made of them.
	 * @param maker makes it, or throws an {@link IllegalArgumentException}
	 */
	void tryOut(Supplier<?> maker) {
		try {
			Assert.state(maker.get() != null, "Nothing was made");
		}
		catch (IllegalArgumentException ex) {
			this.problems.add(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Refuses the request unless all of its keys and values are allowed.
	 * @throws InvalidEndpointRequestException if there is nothing to change, a key that
	 * was not allowed, or a value that is wrong
	 */
	void check() {
		String keys = this.allowed.stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
		for (String key : this.values.keySet()) {
			if (!this.allowed.contains(key)) {
				this.problems.add("'%s' cannot be changed; what can be is %s".formatted(key, keys));
			}
		}
		if (this.values.isEmpty()) {
			this.problems.add("Nothing to change: give one or more of %s".formatted(keys));
		}
		if (!this.problems.isEmpty()) {
			throw AsyncEndpoint.invalid(String.join("; ", this.problems));
		}
	}

	/**
	 * One value that may be changed.
	 *
	 * @param <V> the type of the value
	 * @param subject the thing that it belongs to
	 * @param key the key
	 * @param asked whether a change was asked for
	 * @param before the value before
	 * @param value the value that was asked for, or else the one before
	 */
	record Change<V extends @Nullable Object>(String subject, String key, boolean asked, V before, V value) {

		/**
		 * Makes the change, if it was asked for, and logs it.
		 */
		void apply(Consumer<V> setter) {
			if (this.asked) {
				logger.info("%s: %s changed from %s to %s through the actuator".formatted(this.subject,
						DataObjectPropertyName.toDashedForm(this.key), text(this.before), text(this.value)));
				setter.accept(this.value);
			}
		}

		private static String text(@Nullable Object value) {
			return switch (value) {
				case null -> "none";
				case Duration duration -> DurationStyle.SIMPLE.print(duration);
				default -> value.toString();
			};
		}

	}

	/**
	 * Thrown for a value that is not allowed; its message says what would be.
	 */
	private static final class ValueException extends RuntimeException {

		ValueException(String message) {
			super(message);
		}

	}

}
