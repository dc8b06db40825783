package io.asyncstarter.policy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

/**
 * An attempt whose result has been returned and is {@linkplain OpenResult still being
 * used}. It holds its permit until it is ended, by {@link #succeeded()} or by
 * {@link #failed(Throwable)}, whichever comes first. Instances are safe for use by
 * multiple threads.
 *
 * @since 0.1.0
 */
public final class OpenAttempt {

	private final Pipeline pipeline;

	private final @Nullable Gate permit;

	private final int number;

	private final long startedAt;

	private final Deadline deadline;

	private final Deadline ofCall;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Creates an open attempt.
	 * @param pipeline the strategies
	 * @param permit the permit that it holds, or {@code null} if there is none
	 * @param number the number of the attempt
	 * @param elapsed how long its work has taken so far
	 * @param deadline by when it has to end
	 * @param ofCall by when the call had to end
	 */
	OpenAttempt(Pipeline pipeline, @Nullable Gate permit, int number, long elapsed, Deadline deadline,
			Deadline ofCall) {
		this.pipeline = pipeline;
		this.permit = permit;
		this.number = number;
		this.startedAt = pipeline.timer.nanoTime() - elapsed;
		this.deadline = deadline;
		this.ofCall = ofCall;
	}

	/**
	 * Does a part of what is left of the attempt, on the calling thread, which is
	 * interrupted when the policy's timeout or the call's deadline passes. The time
	 * between parts counts.
	 * @param <T> the type of the result
	 * @param part the part
	 * @return its result
	 * @throws Exception if the part fails; an {@link AttemptTimeoutException} or a
	 * {@link DeadlineExceededException} if it was interrupted. The attempt has failed
	 * then, except by an interrupt from elsewhere
	 */
	public <T extends @Nullable Object> T call(Callable<T> part) throws Exception {
		try {
			if (this.deadline.isExpired()) {
				throw timeIsUp(null);
			}
			return (this.deadline.isUnbounded()) ? part.call() : this.deadline.call(scopeName(), part);
		}
		catch (Exception ex) {
			Exception failure = (ex instanceof DeadlineExceededException exceeded
					&& exceeded.getScopeName().equals(scopeName())) ? timeIsUp(exceeded.getCause()) : ex;
			failed(failure);
			throw failure;
		}
	}

	private String scopeName() {
		return "rest of " + this.pipeline.name;
	}

	private Exception timeIsUp(@Nullable Throwable cause) {
		Duration timeout = this.pipeline.timeout;
		if (timeout != null && !this.ofCall.isExpired()) {
			return this.pipeline.timedOut(timeout, this.number, cause);
		}
		Duration elapsed = Duration.ofNanos(elapsed());
		return new DeadlineExceededException(this.pipeline.name, elapsed.plusNanos(this.ofCall.remainingNanos()),
				elapsed, cause);
	}

	/**
	 * Does the last of the attempt, which is interrupted like all of it when the time is
	 * up, and ends it.
	 * @param last closes what is open; it starts out interrupted if the time was up
	 * before
	 */
	public void close(Runnable last) {
		try {
			if (this.deadline.isUnbounded()) {
				last.run();
			}
			else {
				this.deadline.run(scopeName(), last::run);
			}
		}
		catch (DeadlineExceededException ex) {
			if (!ex.getScopeName().equals(scopeName())) {
				throw ex;
			}
			failed(timeIsUp(ex.getCause()));
		}
		finally {
			succeeded();
		}
	}

	/**
	 * Ends the attempt: all of its result was used.
	 */
	public void succeeded() {
		if (end() && this.pipeline.breaker != null) {
			this.pipeline.breaker.onSuccess(elapsed(), TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Ends the attempt: the rest of its result could not be had. If that says that the
	 * work was cancelled, the circuit breaker does not count it.
	 * @param failure why
	 */
	public void failed(Throwable failure) {
		CircuitBreaker breaker = this.pipeline.breaker;
		if (end() && breaker != null) {
			SyncPipeline.failed(breaker, elapsed(), failure);
		}
	}

	private boolean end() {
		if (!this.ended.compareAndSet(false, true)) {
			return false;
		}
		this.pipeline.giveBack(this.permit);
		return true;
	}

	private long elapsed() {
		return Math.max(0, this.pipeline.timer.nanoTime() - this.startedAt);
	}

}
