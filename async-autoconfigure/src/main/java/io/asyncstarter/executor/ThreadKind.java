package io.asyncstarter.executor;

/**
 * The kind of threads on which a {@link BoundedExecutor} runs its tasks.
 *
 * @since 0.1.0
 */
public enum ThreadKind {

	/**
	 * A new virtual thread for each task: for work that waits.
	 */
	VIRTUAL,

	/**
	 * A pool of at most {@code max-concurrency} daemon platform threads, which end when
	 * they were idle for a minute: for work that computes.
	 */
	PLATFORM

}
