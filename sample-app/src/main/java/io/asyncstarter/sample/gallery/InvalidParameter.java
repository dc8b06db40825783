package io.asyncstarter.sample.gallery;

import org.jspecify.annotations.Nullable;

/**
 * A parameter that a run cannot be started with.
 *
 * @param key the name that was given
 * @param value the value that was given
 * @param reason what is wrong with it
 * @param fix what would work
 */
record InvalidParameter(String key, @Nullable Object value, String reason, String fix) {

	@Override
	public String toString() {
		return "'%s' cannot be '%s': %s. %s.".formatted(this.key, this.value, this.reason, this.fix);
	}

}
