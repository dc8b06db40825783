package io.asyncstarter.monitor;

import java.time.Duration;

/**
 * Told what the monitors measure and find. The calls come from the monitors' own threads,
 * one at a time from each, and delay only them; what a call throws is logged and
 * otherwise ignored.
 *
 * @since 0.1.0
 */
public interface MonitorListener {

	/**
	 * Called when an event loop has answered a heartbeat.
	 * @param name the name of the loop
	 * @param lag the time that the heartbeat waited for the loop
	 */
	default void eventLoopLag(String name, Duration lag) {
	}

	/**
	 * Called when a virtual thread that was started as a probe has run.
	 * @param lag the time between its start and its first instruction
	 */
	default void virtualThreadLag(Duration lag) {
	}

	/**
	 * Called once for everything that is found, at the time when it is found; so a
	 * blockage may be going on.
	 * @param finding what was found
	 */
	default void found(MonitorFinding finding) {
	}

}
