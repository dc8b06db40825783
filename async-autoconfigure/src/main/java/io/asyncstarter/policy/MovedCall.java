package io.asyncstarter.policy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;

/**
 * Work of an attempt that was moved to an executor, and the caller's wait for it. The
 * timeout runs from the start of the work. When it has passed, or when the caller is
 * interrupted, the work is cancelled, and the caller leaves even if the work stays.
 *
 * @param <T> the type of the result
 */
final class MovedCall<T extends @Nullable Object> implements Callable<T> {

	/*
	 * Invariant: when the time is up, the future is completed by whoever comes second,
	 * the timer ('expired') or the submitter ('future'), which may still be on its way.
	 */

	private final Pipeline pipeline;

	private final Callable<T> work;

	private final @Nullable Duration timeout;

	private final int attempt;

	private volatile @Nullable CompletableFuture<T> future;

	private volatile boolean started;

	private volatile boolean expired;

	private volatile long startedAt;

	private volatile DeadlineTimer.@Nullable Timeout armed;

	private MovedCall(Pipeline pipeline, int attempt, Callable<T> work) {
		this.pipeline = pipeline;
		this.attempt = attempt;
		this.work = work;
		this.timeout = pipeline.timeout;
	}

	/**
	 * Moves work to an executor.
	 * @return the work, running or waiting to run
	 */
	static <T extends @Nullable Object> MovedCall<T> submit(Pipeline pipeline, BoundedExecutor executor, int attempt,
			Callable<T> work) {
		MovedCall<T> call = new MovedCall<>(pipeline, attempt, work);
		try {
			call.future = executor.submitCompletable(call);
		}
		catch (RuntimeException ex) {
			pipeline.events.happened(PolicyEventKind.REJECTED_BY_EXECUTOR, attempt, ex);
			throw ex;
		}
		if (call.expired) {
			call.expire();
		}
		return call;
	}

	@Override
	public T call() throws Exception {
		this.startedAt = this.pipeline.timer.nanoTime();
		this.started = true;
		if (this.timeout != null) {
			this.armed = this.pipeline.timer.schedule(Settings.nanos(this.timeout), this::expire);
		}
		try {
			return this.work.call();
		}
		finally {
			disarm();
		}
	}

	/**
	 * Runs on the timer's thread. What depends on the future is the waiting caller only.
	 */
	private void expire() {
		this.expired = true;
		CompletableFuture<T> known = this.future;
		if (known != null && this.timeout != null) {
			known.completeExceptionally(new TimeIsUp());
		}
	}

	private void disarm() {
		DeadlineTimer.Timeout timeout = this.armed;
		if (timeout != null) {
			timeout.cancel();
		}
	}

	/**
	 * Waits for the work to end or to run out of time.
	 */
	T await() throws Exception {
		CompletableFuture<T> known = this.future;
		if (known == null) {
			throw new IllegalStateException("Not submitted");
		}
		try {
			return known.get();
		}
		catch (InterruptedException ex) {
			known.cancel(true);
			disarm();
			throw ex;
		}
		catch (ExecutionException ex) {
			throw failure(Cancellations.unwrap(ex));
		}
	}

	private Exception failure(Throwable failure) {
		if (failure instanceof TimeIsUp && this.timeout != null) {
			return this.pipeline.timedOut(this.timeout, this.attempt, null);
		}
		if (!this.started) {
			this.pipeline.events.happened(PolicyEventKind.REJECTED_BY_EXECUTOR, this.attempt, failure);
		}
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof Exception ex) ? ex : new ExecutionException(failure);
	}

	/**
	 * Returns how long the work has taken.
	 * @return the nanoseconds, or less than zero if the work was not started
	 */
	long elapsed() {
		return (this.started) ? Math.max(0, this.pipeline.timer.nanoTime() - this.startedAt) : -1;
	}

	/**
	 * Tells the waiting caller that the time is up.
	 */
	private static final class TimeIsUp extends RuntimeException {

		TimeIsUp() {
			super("time is up", null, false, false);
		}

	}

}
