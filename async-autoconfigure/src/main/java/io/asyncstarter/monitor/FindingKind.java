package io.asyncstarter.monitor;

/**
 * What the monitors can find.
 *
 * @since 0.1.0
 */
public enum FindingKind {

	/**
	 * An event loop was kept from its work by a task that blocked or took long.
	 */
	EVENT_LOOP_BLOCKED,

	/**
	 * A virtual thread that was ready to run got no processor for long.
	 */
	VIRTUAL_THREADS_STARVED,

	/**
	 * A virtual thread blocked without letting go of its carrier.
	 */
	THREAD_PINNED

}
