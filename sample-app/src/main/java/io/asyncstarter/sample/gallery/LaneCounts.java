package io.asyncstarter.sample.gallery;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How many tasks there were, how they ended, and how many ran at once.
 *
 * @since 0.1.0
 */
public final class LaneCounts {

	private int total;

	private int running;

	private int peakRunning;

	private int done;

	private int failed;

	private int cancelled;

	LaneCounts() {
	}

	void change(@Nullable TaskState from, TaskState to) {
		if (from == null) {
			this.total++;
		}
		if (from == TaskState.RUNNING) {
			this.running--;
		}
		switch (to) {
			case RUNNING -> {
				this.running++;
				this.peakRunning = Math.max(this.peakRunning, this.running);
			}
			case DONE -> this.done++;
			case FAILED -> this.failed++;
			case CANCELLED -> this.cancelled++;
			case QUEUED, WAITING, IDLE -> {
			}
		}
	}

	LaneCounts copy() {
		LaneCounts copy = new LaneCounts();
		copy.total = this.total;
		copy.running = this.running;
		copy.peakRunning = this.peakRunning;
		copy.done = this.done;
		copy.failed = this.failed;
		copy.cancelled = this.cancelled;
		return copy;
	}

	@JsonProperty
	public int total() {
		return this.total;
	}

	@JsonProperty
	public int peakRunning() {
		return this.peakRunning;
	}

	@JsonProperty
	public int done() {
		return this.done;
	}

	@JsonProperty
	public int failed() {
		return this.failed;
	}

	@JsonProperty
	public int cancelled() {
		return this.cancelled;
	}

}
