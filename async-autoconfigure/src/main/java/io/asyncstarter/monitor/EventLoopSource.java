package io.asyncstarter.monitor;

/**
 * Knows event loops that exist when the monitor starts. It is asked at each start, since
 * loops do not survive a stop of the application.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface EventLoopSource {

	/**
	 * Registers the loops that there are.
	 * @param eventLoops where to register them
	 */
	void registerAt(EventLoopMonitor eventLoops);

}
