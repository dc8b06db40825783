package io.asyncstarter.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Something that a monitor found.
 *
 * @param kind what it is
 * @param name the name of the event loop or thread
 * @param cause the line of code that is to blame, the user's if there is one on the
 * stack, or an empty text if no stack is known
 * @param detail what else is known, as text; may be empty
 * @param at when it was found
 * @param duration how long it took, or how long it had taken when it was found if it goes
 * on
 * @param ongoing whether it goes on
 * @param stack the stack at that time, innermost frame first; empty if it is not known
 * @since 0.1.0
 */
public record MonitorFinding(FindingKind kind, String name, String cause, String detail, Instant at, Duration duration,
		boolean ongoing, List<StackTraceElement> stack) {

	/**
	 * Creates a finding.
	 */
	public MonitorFinding {
		stack = List.copyOf(stack);
	}

	MonitorFinding ended(Duration total) {
		return new MonitorFinding(this.kind, this.name, this.cause, this.detail, this.at, total, false, this.stack);
	}

}
