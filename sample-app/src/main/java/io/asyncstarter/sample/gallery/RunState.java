package io.asyncstarter.sample.gallery;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where a run is.
 *
 * @since 0.1.0
 */
public enum RunState {

	/** Waits for other runs to end. */
	QUEUED,

	/** Runs. */
	RUNNING,

	/** Ended with a result. */
	DONE,

	/** Ended with an error. */
	FAILED,

	/** Stopped by its owner. */
	CANCELLED,

	/** Stopped because it took too long. */
	TIMED_OUT;

	@JsonValue
	String json() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
