package io.asyncstarter.task;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * All background tasks: how many there may be, their figures, and the failures that
 * nobody has asked for yet.
 */
final class BackgroundWork {

	private static final Log logger = LogFactory.getLog(BackgroundTask.class);

	private final LiveWork live;

	private final DeadlineTimer timer;

	private final TaskEvents events;

	private final int maxActive;

	private final Duration reportAfter;

	private final Set<BackgroundJob<?>> unobserved = ConcurrentHashMap.newKeySet();

	private final AtomicInteger active = new AtomicInteger();

	private final LongAdder started = new LongAdder();

	private final LongAdder succeeded = new LongAdder();

	private final LongAdder failed = new LongAdder();

	private final LongAdder cancelled = new LongAdder();

	private final LongAdder rejected = new LongAdder();

	private final LongAdder reported = new LongAdder();

	private volatile boolean closed;

	BackgroundWork(LiveWork live, DeadlineTimer timer, TaskEvents events, int maxActive, Duration reportAfter) {
		this.live = live;
		this.timer = timer;
		this.events = events;
		this.maxActive = maxActive;
		this.reportAfter = reportAfter;
	}

	/**
	 * Takes a task in and starts it.
	 * @throws TaskRejectedException if there are too many, or no more are taken
	 */
	<T extends @Nullable Object> BackgroundJob<T> start(String name, BackgroundOptions options, TaskLauncher launcher,
			Callable<? extends T> work) {
		if (this.active.incrementAndGet() > this.maxActive) {
			this.active.decrementAndGet();
			throw rejection(("There is no room for background task '%s': %d of at most %d are active. "
					+ "Raise the limit, or find out why they do not end")
				.formatted(name, this.maxActive, this.maxActive));
		}
		BackgroundJob<T> job = create(name, options, launcher, work);
		this.live.add(job);
		if (this.closed && this.live.remove(job)) {
			this.active.decrementAndGet();
			throw rejection("Background task '%s' was not started: the application is shutting down".formatted(name));
		}
		job.start();
		return job;
	}

	private <T extends @Nullable Object> BackgroundJob<T> create(String name, BackgroundOptions options,
			TaskLauncher launcher, Callable<? extends T> work) {
		try {
			return new BackgroundJob<>(this, name, options, launcher, work);
		}
		catch (Throwable ex) {
			this.active.decrementAndGet();
			throw ex;
		}
	}

	private TaskRejectedException rejection(String message) {
		this.rejected.increment();
		return new TaskRejectedException(message);
	}

	DeadlineTimer timer() {
		return this.timer;
	}

	boolean isClosed() {
		return this.closed;
	}

	void started(BackgroundJob<?> job, ForkedTask<?> run) {
		this.started.increment();
		if (this.events.isListening()) {
			this.events.backgroundStarted(job.getName(), run.startedAt(this.timer.nanoTime()));
		}
	}

	void ended(BackgroundJob<?> job, ForkedTask<?> run) {
		switch (run.state()) {
			case SUCCESS -> this.succeeded.increment();
			case FAILED -> this.failed.increment();
			default -> this.cancelled.increment();
		}
		if (this.events.isListening()) {
			this.events.backgroundEnded(job.getName(), run.state(), run.timeSinceStart(this.timer));
		}
	}

	/**
	 * Called when a task has ended and will not run again, before that can be seen.
	 */
	void leaving() {
		this.active.decrementAndGet();
	}

	/**
	 * Called when it can be seen that a task has ended.
	 */
	void left(BackgroundJob<?> job) {
		this.live.remove(job);
	}

	/**
	 * Gives somebody time to ask for the failure of a task before it is reported.
	 */
	void reportUnlessObserved(BackgroundJob<?> job) {
		this.unobserved.add(job);
		if (job.isObserved()) {
			this.unobserved.remove(job);
			return;
		}
		if (this.reportAfter.isZero() || this.closed) {
			flush(job);
		}
		else {
			job.reportAt(this.timer.schedule(TimeUnit.NANOSECONDS.convert(this.reportAfter),
					() -> Thread.ofVirtual().inheritInheritableThreadLocals(false).start(() -> flush(job))));
		}
	}

	/**
	 * Called when somebody has asked for the failure of a task.
	 */
	void observed(BackgroundJob<?> job) {
		this.unobserved.remove(job);
	}

	boolean isUnobserved(BackgroundJob<?> job) {
		return this.unobserved.contains(job);
	}

	private void flush(BackgroundJob<?> job) {
		if (this.unobserved.remove(job)) {
			job.disarmReport();
			report(job.getName(), job.failure());
		}
	}

	void report(String name, Throwable failure) {
		this.reported.increment();
		logger.error("Background task '%s' failed, and nobody has asked for its outcome".formatted(name), failure);
		this.events.backgroundFailed(name, failure);
	}

	/**
	 * Takes no more tasks, and lets periodic ones end with their current run.
	 */
	void close() {
		this.closed = true;
		this.live.jobs().forEach(BackgroundJob::endAfterRun);
	}

	/**
	 * Reports what nobody has asked for so far.
	 */
	void flush() {
		this.unobserved.forEach(this::flush);
	}

	BackgroundStats stats() {
		return new BackgroundStats(this.live.jobs().size(), this.maxActive, this.started.sum(), this.succeeded.sum(),
				this.failed.sum(), this.cancelled.sum(), this.rejected.sum(), this.reported.sum());
	}

}
