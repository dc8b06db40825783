package io.asyncstarter.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.monitor.EventLoopState;
import io.asyncstarter.monitor.MonitorFinding;

/**
 * What the endpoint says of a monitor.
 *
 * @param warnAboveMillis the time above which something is found, in milliseconds
 * @param found how often something was found so far
 * @param loops the event loops, only of their monitor
 * @param findings what was found last, the newest first
 * @since 0.1.0
 */
public record MonitorDescriptor(long warnAboveMillis, long found, List<Loop> loops, List<Finding> findings) {

	/**
	 * An event loop.
	 *
	 * @param name its name
	 * @param thread the name of its thread, or {@code null} if it has not answered yet
	 * @param blockedMillis how long it has been blocked, in milliseconds; zero if it is
	 * not
	 * @param lastLagMillis the time that the last heartbeat waited, in milliseconds
	 * @param longestLagMillis the longest such time, in milliseconds
	 * @param blockages how often it was found blocked
	 */
	public record Loop(String name, @Nullable String thread, long blockedMillis, double lastLagMillis,
			double longestLagMillis, long blockages) {

		static Loop of(EventLoopState state) {
			return new Loop(state.name(), state.thread(),
					Objects.requireNonNullElse(state.blockedFor(), Duration.ZERO).toMillis(), millis(state.lastLag()),
					millis(state.longestLag()), state.blockages());
		}

		private static double millis(Duration duration) {
			return Math.round(duration.toNanos() / 1e3) / 1e3;
		}

	}

	/**
	 * Something that was found.
	 *
	 * @param name the event loop or thread
	 * @param at when it was found
	 * @param durationMillis how long it took, in milliseconds
	 * @param ongoing whether it went on when it was seen last; the duration is that until
	 * then
	 * @param cause the line of code that is to blame; empty if it is not known
	 * @param detail what else is known
	 * @param stack the stack at that time, innermost frame first
	 */
	public record Finding(String name, Instant at, long durationMillis, boolean ongoing, String cause, String detail,
			List<String> stack) {

		static Finding of(MonitorFinding finding) {
			return new Finding(finding.name(), finding.at(), finding.duration().toMillis(), finding.ongoing(),
					finding.cause(), finding.detail(),
					finding.stack().stream().map(StackTraceElement::toString).toList());
		}

	}

}
