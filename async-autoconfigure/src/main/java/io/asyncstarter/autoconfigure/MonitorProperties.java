package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the monitors.
 *
 * @param eventLoop Event loops, watched for tasks that block them.
 * @param virtualThreads Virtual threads, watched for the time until they run.
 * @param pinning Virtual threads, watched for being pinned to their carrier.
 * @since 0.1.0
 */
public record MonitorProperties(@DefaultValue EventLoop eventLoop, @DefaultValue VirtualThreads virtualThreads,
		@DefaultValue Pinning pinning) {

	/**
	 * Properties of the monitor of event loops.
	 *
	 * @param enabled Whether to watch event loops.
	 * @param warnAbove Time for which a task may keep its event loop from other work.
	 * @param startAfter Time after the start of the application from which on something
	 * is found. A time of some seconds keeps quiet about code that is loaded and
	 * compiled.
	 */
	public record EventLoop(@DefaultValue("true") boolean enabled, @Positive @DefaultValue("100ms") Duration warnAbove,
			@PositiveOrZero @DefaultValue("0s") Duration startAfter) {

	}

	/**
	 * Properties of the monitor of virtual threads.
	 *
	 * @param enabled Whether to watch how long virtual threads wait for a processor.
	 * @param warnAbove Time for which a virtual thread that is ready to run may wait for
	 * a processor.
	 * @param startAfter Time after the start of the application from which on something
	 * is found. A time of some seconds keeps quiet about processors that are busy with
	 * the start.
	 */
	public record VirtualThreads(@DefaultValue("true") boolean enabled,
			@Positive @DefaultValue("200ms") Duration warnAbove,
			@PositiveOrZero @DefaultValue("0s") Duration startAfter) {

	}

	/**
	 * Properties of the monitor of pinned virtual threads.
	 *
	 * @param enabled Whether to watch for pinned virtual threads.
	 * @param warnAbove Time for which a virtual thread may block without letting go of
	 * its carrier.
	 * @param startAfter Time after the start of the application at which the recording
	 * starts, which takes some processor time.
	 */
	public record Pinning(@DefaultValue("true") boolean enabled, @Positive @DefaultValue("50ms") Duration warnAbove,
			@PositiveOrZero @DefaultValue("10s") Duration startAfter) {

	}

}
