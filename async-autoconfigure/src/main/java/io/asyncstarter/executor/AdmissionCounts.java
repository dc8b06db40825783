package io.asyncstarter.executor;

import java.util.EnumMap;
import java.util.Map;

/**
 * How many tasks of an executor came to which end. Not safe for use by multiple threads:
 * guarded by the lock of {@link Admission}.
 */
final class AdmissionCounts {

	private final Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);

	private long succeeded;

	private long failed;

	private long cancelled;

	private long callerRuns;

	private long stalls;

	void ended(TaskOutcome outcome) {
		switch (outcome) {
			case SUCCEEDED -> this.succeeded++;
			case FAILED -> this.failed++;
			case CANCELLED -> this.cancelled++;
		}
	}

	void ranOnCaller() {
		this.callerRuns++;
	}

	void rejected(RejectionReason reason) {
		this.rejected.merge(reason, 1L, Long::sum);
	}

	void stalled() {
		this.stalls++;
	}

	long succeeded() {
		return this.succeeded;
	}

	long failed() {
		return this.failed;
	}

	long cancelled() {
		return this.cancelled;
	}

	long callerRuns() {
		return this.callerRuns;
	}

	long stalls() {
		return this.stalls;
	}

	Map<RejectionReason, Long> rejected() {
		return Map.copyOf(this.rejected);
	}

}
