package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One run from its start to its outcome. Instances are safe for use by multiple threads.
 */
final class GalleryRun {

	private static final Logger logger = LoggerFactory.getLogger(GalleryRun.class);

	private final String id;

	private final Pattern pattern;

	private final ParameterValues parameters;

	private final Recorder recorder;

	private final Instant created = Instant.now();

	private final Sinks.One<GalleryRun> finished = Sinks.one();

	private final AtomicBoolean begun = new AtomicBoolean();

	private volatile Outcome outcome = new Outcome(RunState.QUEUED, null, null, Duration.ZERO);

	private volatile boolean cancelled;

	private volatile @Nullable Future<?> future;

	GalleryRun(String id, Pattern pattern, ParameterValues parameters, Recorder recorder) {
		this.id = id;
		this.pattern = pattern;
		this.parameters = parameters;
		this.recorder = recorder;
	}

	void submitted(Future<?> future) {
		this.future = future;
		if (this.cancelled) {
			future.cancel(true);
		}
	}

	// run the pattern on this thread. Never fails: a failure is the outcome
	void execute() {
		if (!this.begun.compareAndSet(false, true)) {
			return;
		}
		this.outcome = new Outcome(RunState.RUNNING, null, null, Duration.ZERO);
		this.recorder.start();
		long start = System.nanoTime();
		Outcome outcome = outcome(start);
		// the interruption that ended the pattern has done its work
		Thread.interrupted();
		finish(outcome);
	}

	private Outcome outcome(long start) {
		PatternRun run = new PatternRun(this.id, this.parameters, this.recorder);
		try {
			RunResult result;
			try {
				result = this.pattern.run(run);
			}
			finally {
				boolean interrupted = Thread.interrupted();
				run.close();
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
			return new Outcome(RunState.DONE, result, null, since(start));
		}
		catch (Throwable ex) {
			RunState state = failure(ex);
			if (state == RunState.FAILED) {
				logger.warn("Run {} of {} failed", this.id, this.pattern.info().id(), ex);
			}
			return new Outcome(state, null, explain(state, ex), since(start));
		}
	}

	private RunState failure(Throwable ex) {
		if (this.cancelled) {
			return RunState.CANCELLED;
		}
		boolean interrupted = ex instanceof InterruptedException || Thread.currentThread().isInterrupted();
		return interrupted ? RunState.TIMED_OUT : RunState.FAILED;
	}

	private static String explain(RunState state, Throwable ex) {
		return switch (state) {
			case CANCELLED -> "The run was stopped by its owner.";
			case TIMED_OUT ->
				"The run was interrupted because it took longer than 'async.executors.gallery.run-timeout'.";
			default -> ex.toString();
		};
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

	void cancel() {
		this.cancelled = true;
		Future<?> future = this.future;
		if (future != null) {
			future.cancel(true);
		}
		if (this.begun.compareAndSet(false, true)) {
			finish(new Outcome(RunState.CANCELLED, null, "The run was stopped before it began.", Duration.ZERO));
		}
	}

	private void finish(Outcome outcome) {
		this.outcome = outcome;
		this.recorder.end(outcome.state());
		this.finished.tryEmitValue(this).orThrow();
	}

	String id() {
		return this.id;
	}

	Pattern pattern() {
		return this.pattern;
	}

	ParameterValues parameters() {
		return this.parameters;
	}

	Recorder recorder() {
		return this.recorder;
	}

	Instant created() {
		return this.created;
	}

	Outcome outcome() {
		return this.outcome;
	}

	boolean isFinished() {
		RunState state = this.outcome.state();
		return state != RunState.QUEUED && state != RunState.RUNNING;
	}

	Mono<GalleryRun> finished() {
		return this.finished.asMono();
	}

	/**
	 * How a run stands.
	 *
	 * @param state where it is
	 * @param result what it measured, or {@code null} if it has not ended well
	 * @param error why it did not end well, or {@code null} if it did or has not ended
	 * @param took how long it ran; zero if it has not ended
	 */
	record Outcome(RunState state, @Nullable RunResult result, @Nullable String error, Duration took) {

	}

}
