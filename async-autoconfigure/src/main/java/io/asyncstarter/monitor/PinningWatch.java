package io.asyncstarter.monitor;

import java.time.Duration;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Starts the recording of pinned virtual threads some time after the application, since
 * it takes a second of processor time on a slow machine, and ends it.
 */
final class PinningWatch implements Watch {

	private static final long DONE_NANOS = Duration.ofMinutes(1).toNanos();

	private final long startAfter;

	private final Function<Findings, AutoCloseable> recording;

	private final Findings findings;

	private long startAt;

	private @Nullable AutoCloseable running;

	PinningWatch(Duration startAfter, Findings findings, Function<Findings, AutoCloseable> recording) {
		this.startAfter = startAfter.toNanos();
		this.findings = findings;
		this.recording = recording;
	}

	@Override
	public void begin(long now) {
		this.startAt = now + this.startAfter;
	}

	@Override
	public long check(long now, long pause) {
		if (this.running == null && now - this.startAt >= 0) {
			this.running = this.recording.apply(this.findings);
		}
		return (this.running != null) ? now + DONE_NANOS : this.startAt;
	}

	@Override
	public void end() {
		AutoCloseable open = this.running;
		this.running = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("The recording of pinned threads could not be ended", ex);
			}
		}
	}

}
