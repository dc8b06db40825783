package io.asyncstarter.sample.gallery;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where a task is.
 *
 * @since 0.1.0
 */
public enum TaskState {

	/** Accepted, not started. */
	QUEUED,

	/** At work on a thread, or on its way through a reactive chain. */
	RUNNING,

	/** Started, and kept waiting by us: for a permit, a token, a backoff. */
	WAITING,

	/** Between two pieces of its work. */
	IDLE,

	/** Ended with a value. */
	DONE,

	/** Ended with an error. */
	FAILED,

	/** Ended because nobody wanted it any more. */
	CANCELLED;

	boolean isEnd() {
		return this == DONE || this == FAILED || this == CANCELLED;
	}

	@JsonValue
	String json() {
		return name().toLowerCase(Locale.ROOT);
	}

}
