package io.asyncstarter.sample.gallery;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * How a number that changes is drawn.
 *
 * @since 0.1.0
 */
public enum Shape {

	/** It stays as it is until its next change: a staircase. */
	STEPS,

	/** It changes evenly from one value to the next: a line. */
	LINE,

	/** A line that the others of its chart may not cross. */
	BOUND;

	@JsonValue
	String json() {
		return name().toLowerCase(Locale.ROOT);
	}

}
