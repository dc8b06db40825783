package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Map;

/**
 * What has happened in a policy so far. Read while calls go on, so figures may be a few
 * calls apart.
 *
 * @param counts how often each kind of event has happened, all kinds included
 * @param waits the waits, by the kinds of event that are about one
 * @since 0.1.0
 */
public record PolicyStats(Map<PolicyEventKind, Long> counts, Map<PolicyEventKind, Waited> waits) {

	/**
	 * Returns how often something has happened.
	 * @param kind the kind of event
	 * @return the number of times
	 */
	public long count(PolicyEventKind kind) {
		return this.counts.getOrDefault(kind, 0L);
	}

	/**
	 * Returns the waits of one kind.
	 * @param kind the kind of event
	 * @return the waits; none if the kind is not about waits
	 */
	public Waited waited(PolicyEventKind kind) {
		return this.waits.getOrDefault(kind, new Waited(0, Duration.ZERO, Duration.ZERO));
	}

	/**
	 * Waits of one kind.
	 *
	 * @param count how many there were
	 * @param total how long they took together
	 * @param longest how long the longest took
	 */
	public record Waited(long count, Duration total, Duration longest) {

	}

}
