package io.asyncstarter.monitor;

/**
 * Something that the {@link MonitorThread} looks at again and again. Called by that
 * thread only, except for {@link #ready}.
 */
interface Watch {

	/**
	 * Called when the thread starts.
	 * @param now the time in nanoseconds
	 */
	default void begin(long now) {
	}

	/**
	 * Called, by any thread, when the application is ready.
	 * @param now the time in nanoseconds
	 */
	default void ready(long now) {
	}

	/**
	 * Looks at what is watched.
	 * @param now the time in nanoseconds
	 * @param pause how much longer than it asked for the thread was away, if so long that
	 * the whole machine must have stood still, otherwise zero
	 * @return when to look again, in nanoseconds of the same clock
	 */
	long check(long now, long pause);

	/**
	 * Called when the thread ends.
	 */
	default void end() {
	}

}
