package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.health.contributor.Status;

import io.asyncstarter.monitor.EventLoopMonitor;
import io.asyncstarter.monitor.EventLoopState;

/**
 * Finds event loops that have been blocked for long. All connections of such a loop stand
 * still, and what has not come back after seconds does not come back: the application is
 * {@link Status#DOWN}.
 *
 * @since 0.1.0
 */
public final class EventLoopHealthCheck implements AsyncHealthCheck {

	private final EventLoopMonitor eventLoops;

	private final Duration blockedAbove;

	/**
	 * Creates a check.
	 * @param eventLoops the event loops
	 * @param blockedAbove how long a loop may be blocked
	 */
	public EventLoopHealthCheck(EventLoopMonitor eventLoops, Duration blockedAbove) {
		this.eventLoops = eventLoops;
		this.blockedAbove = blockedAbove;
	}

	@Override
	public String getName() {
		return "event-loops";
	}

	@Override
	public List<AsyncHealthProblem> check() {
		List<AsyncHealthProblem> problems = new ArrayList<>();
		for (EventLoopState loop : this.eventLoops.getLoops()) {
			Duration blocked = loop.blockedFor();
			if (blocked != null && blocked.compareTo(this.blockedAbove) > 0) {
				problems.add(new AsyncHealthProblem(loop.name(), Status.DOWN,
						"Blocked for %d s, thread '%s'".formatted(blocked.toSeconds(), loop.thread())));
			}
		}
		return problems;
	}

}
