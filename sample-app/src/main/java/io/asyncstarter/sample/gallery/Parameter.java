package io.asyncstarter.sample.gallery;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that can be set for a run.
 *
 * @param name the key
 * @param type what kind of value it takes
 * @param description what it does
 * @param unit the unit of a number, or {@code null} if it has none
 * @param defaultValue the value used when none is given
 * @param min the smallest number allowed, or {@code null} if it is no number
 * @param max the largest number allowed, or {@code null} if it is no number
 * @param choices the values to choose from; empty if it is no choice
 * @since 0.1.0
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Parameter(String name, Type type, String description, @Nullable String unit,
		@JsonProperty("default") Object defaultValue, @Nullable Integer min, @Nullable Integer max,
		List<String> choices) {

	/**
	 * A whole number.
	 * @param name the key
	 * @param defaultValue the value used when none is given
	 * @param min the smallest value allowed
	 * @param max the largest value allowed
	 * @param description what it does
	 * @return the parameter
	 */
	public static Parameter number(String name, int defaultValue, int min, int max, String description) {
		return new Parameter(name, Type.NUMBER, description, null, defaultValue, min, max, List.of());
	}

	/**
	 * A time in milliseconds.
	 * @param name the key
	 * @param defaultValue the milliseconds used when none are given
	 * @param min the shortest time allowed
	 * @param max the longest time allowed
	 * @param description what it does
	 * @return the parameter
	 */
	public static Parameter millis(String name, int defaultValue, int min, int max, String description) {
		return new Parameter(name, Type.NUMBER, description, "ms", defaultValue, min, max, List.of());
	}

	/**
	 * A switch.
	 * @param name the key
	 * @param defaultValue the value used when none is given
	 * @param description what it does
	 * @return the parameter
	 */
	public static Parameter flag(String name, boolean defaultValue, String description) {
		return new Parameter(name, Type.FLAG, description, null, defaultValue, null, null, List.of());
	}

	/**
	 * A choice; the first one is the default.
	 * @param name the key
	 * @param description what it does
	 * @param choices the values to choose from
	 * @return the parameter
	 */
	public static Parameter choice(String name, String description, String... choices) {
		return new Parameter(name, Type.CHOICE, description, null, choices[0], null, null, List.of(choices));
	}

	/**
	 * What kind of value a parameter takes.
	 *
	 * @since 0.1.0
	 */
	public enum Type {

		/** A whole number between two bounds. */
		NUMBER("number"),

		/** True or false. */
		FLAG("flag"),

		/** One of several words. */
		CHOICE("choice");

		private final String json;

		Type(String json) {
			this.json = json;
		}

		@JsonValue
		String json() {
			return this.json;
		}

	}

}
