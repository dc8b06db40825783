package io.asyncstarter.sample.gallery;

/**
 * The groups of the catalogue. The first letter of a pattern's id is its group.
 *
 * @since 0.1.0
 */
public enum PatternGroup {

	/** Executors, bridges and context. */
	A("Running work"),

	/** Task groups and their relatives. */
	B("Concurrency with structure"),

	/** Timeouts and deadlines. */
	C("Time"),

	/** Retries, limits and breakers. */
	D("Resilience"),

	/** Queues, pipelines and streams. */
	E("Queues and streams"),

	/** Resources, connections and data. */
	F("Resources and data"),

	/** Locks, events and barriers. */
	G("Shared state"),

	/** Endpoints that answer while they work. */
	H("Serving"),

	/** Shutdown, monitoring and review. */
	I("Living in production");

	private final String title;

	PatternGroup(String title) {
		this.title = title;
	}

	public String title() {
		return this.title;
	}

}
