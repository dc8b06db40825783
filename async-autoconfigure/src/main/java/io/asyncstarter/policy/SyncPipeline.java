package io.asyncstarter.policy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineScope;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Runs calls that return a value, on the caller's thread. Safe for use by multiple
 * threads.
 */
final class SyncPipeline {

	/*
	 * Fields of the pipeline are repeated here: one step less on the way of each call.
	 */

	private final Pipeline pipeline;

	private final String timeoutName;

	private final DeadlineTimer timer;

	private final boolean sharedTimer;

	private final PolicyEvents events;

	private final @Nullable RetryStrategy retry;

	private final @Nullable CircuitBreaker breaker;

	private final @Nullable RateLimiter limiter;

	private final @Nullable FairBulkhead bulkhead;

	SyncPipeline(Pipeline pipeline) {
		this.pipeline = pipeline;
		this.timeoutName = "timeout of " + pipeline.name;
		this.timer = pipeline.timer;
		this.sharedTimer = pipeline.timer.equals(DeadlineTimer.shared());
		this.events = pipeline.events;
		this.retry = pipeline.retry;
		this.breaker = pipeline.breaker;
		this.limiter = pipeline.limiter;
		this.bulkhead = pipeline.bulkhead;
	}

	<T extends @Nullable Object> T call(@Nullable Object key, Callable<T> work,
			@Nullable Recovery<? extends T> recovery, @Nullable Repeatability repeatability) throws Exception {
		try {
			Duration deadline = this.pipeline.deadline;
			return (deadline != null) ? bounded(deadline, key, work, repeatability) : retried(key, work, repeatability);
		}
		catch (Throwable ex) {
			this.pipeline.ended(ex);
			if (recovery == null || !Pipeline.isRecoverable(ex)) {
				throw ex;
			}
			return recovered(recovery, ex);
		}
	}

	private <T extends @Nullable Object> T recovered(Recovery<? extends T> recovery, Throwable failure)
			throws Exception {
		try {
			T answer = recovery.recover(failure);
			this.events.happened(PolicyEventKind.FALLBACK_USED, 0, failure);
			return answer;
		}
		catch (Throwable ex) {
			if (ex != failure) {
				this.events.happened(PolicyEventKind.FALLBACK_FAILED, 0, ex);
				Failures.suppress(ex, failure);
			}
			throw ex;
		}
	}

	private <T extends @Nullable Object> T bounded(Duration deadline, @Nullable Object key, Callable<T> work,
			@Nullable Repeatability repeatability) throws Exception {
		return within(this.pipeline.name, deadline, () -> retried(key, work, repeatability));
	}

	private <T extends @Nullable Object> T retried(@Nullable Object key, Callable<T> work,
			@Nullable Repeatability repeatability) throws Exception {
		RetryStrategy retry = this.retry;
		boolean hedged = this.pipeline.isHedged(repeatability);
		@Nullable Throwable earlier = null;
		for (int attempt = 1;; attempt++) {
			long delay;
			try {
				T result = (hedged) ? hedged(key, attempt, work) : attempt(key, attempt, work);
				delay = (retry != null && retry.isUnwanted(result)) ? retry.next(attempt, null, Deadline.current())
						: RetryStrategy.STOP;
				if (delay < 0) {
					this.events.succeeded(attempt);
					if (retry != null) {
						retry.succeeded(attempt);
					}
					return result;
				}
			}
			catch (Throwable ex) {
				delay = (retry != null && !Thread.currentThread().isInterrupted())
						? retry.next(attempt, ex, Deadline.current(), repeatability) : RetryStrategy.STOP;
				addEarlier(ex, earlier);
				if (delay < 0) {
					throw ex;
				}
				earlier = ex;
			}
			backOff(delay, earlier);
		}
	}

	/**
	 * Lets a failure know of all that came before it.
	 */
	private static void addEarlier(Throwable failure, @Nullable Throwable earlier) {
		if (earlier == null) {
			return;
		}
		for (Throwable first : earlier.getSuppressed()) {
			Failures.suppress(failure, first);
		}
		Failures.suppress(failure, earlier);
	}

	private void backOff(long nanos, @Nullable Throwable earlier) throws InterruptedException {
		try {
			Waits.pause(nanos, this.timer);
		}
		catch (InterruptedException ex) {
			addEarlier(ex, earlier);
			throw ex;
		}
	}

	private <T extends @Nullable Object> T hedged(@Nullable Object key, int attempt, Callable<T> work)
			throws Exception {
		return new HedgedCall<T>(this.pipeline, attempt, () -> attempt(key, attempt, work)).call();
	}

	private <T extends @Nullable Object> T attempt(@Nullable Object key, int attempt, Callable<T> work)
			throws Exception {
		CircuitBreaker breaker = this.breaker;
		if (breaker != null && !breaker.tryAcquirePermission()) {
			throw this.pipeline.refusedByBreaker(breaker, attempt);
		}
		Gate permit = null;
		MovedCall<T> moved = null;
		try {
			if (this.limiter != null) {
				payToken(this.limiter, key, attempt);
			}
			if (this.bulkhead != null) {
				permit = takePermit(this.bulkhead, key, attempt);
			}
			if (this.pipeline.executor != null) {
				moved = MovedCall.submit(this.pipeline, this.pipeline.executor, attempt, work);
			}
		}
		catch (Throwable ex) {
			this.pipeline.giveBack(permit);
			if (breaker != null) {
				breaker.releasePermission();
			}
			throw ex;
		}
		return run(permit, moved, attempt, work);
	}

	private <T extends @Nullable Object> T run(@Nullable Gate permit, @Nullable MovedCall<T> moved, int attempt,
			Callable<T> work) throws Exception {
		CircuitBreaker breaker = this.breaker;
		long start = (breaker != null) ? this.timer.nanoTime() : 0;
		T result;
		try {
			Duration timeout = this.pipeline.timeout;
			result = (moved != null) ? moved.await() : (timeout != null) ? timed(timeout, attempt, work) : work.call();
		}
		catch (Throwable ex) {
			this.pipeline.giveBack(permit);
			if (breaker != null) {
				failed(breaker, (moved != null) ? moved.elapsed() : this.timer.nanoTime() - start, ex);
			}
			throw ex;
		}
		if (result instanceof OpenResult open) {
			long elapsed = (moved != null) ? moved.elapsed() : (breaker != null) ? this.timer.nanoTime() - start : 0;
			open.opened(new OpenAttempt(this.pipeline, permit, attempt, elapsed, deadline(open, moved),
					Deadline.current()));
			return result;
		}
		this.pipeline.giveBack(permit);
		if (breaker != null) {
			long elapsed = (moved != null) ? moved.elapsed() : this.timer.nanoTime() - start;
			breaker.onResult(elapsed, TimeUnit.NANOSECONDS, result);
		}
		return result;
	}

	/**
	 * Returns by when an attempt has to end that has a result already. An executor's
	 * thread knows the deadline of the call only.
	 */
	private Deadline deadline(OpenResult open, @Nullable MovedCall<?> moved) {
		Duration timeout = this.pipeline.timeout;
		return (moved != null && timeout != null)
				? Deadline.after(timeout.minusNanos(moved.elapsed()), this.timer).earliest(open.deadline())
				: open.deadline();
	}

	/**
	 * Tells the breaker of a failure of the work.
	 * @param breaker the breaker
	 * @param elapsed how long the work took; less than zero if it was not started
	 * @param failure the failure; if it says that the work was cancelled, it does not
	 * count
	 */
	static void failed(CircuitBreaker breaker, long elapsed, Throwable failure) {
		if (elapsed < 0 || Cancellations.isCancellation(failure)) {
			breaker.releasePermission();
		}
		else {
			breaker.onError(elapsed, TimeUnit.NANOSECONDS, Cancellations.unwrap(failure));
		}
	}

	private <T extends @Nullable Object> T timed(Duration timeout, int attempt, Callable<T> work) throws Exception {
		try {
			return within(this.timeoutName, timeout, work);
		}
		catch (DeadlineExceededException ex) {
			// An inner call of the same policy has told of its own timeout otherwise.
			if (ex.getScopeName().equals(this.timeoutName)) {
				throw this.pipeline.timedOut(timeout, attempt, ex.getCause());
			}
			throw ex;
		}
	}

	private <T extends @Nullable Object> T within(String name, Duration time, Callable<T> work) throws Exception {
		if (this.sharedTimer) {
			// Looks at the clock once.
			return Deadline.<T, Exception>within(name, time, work::call);
		}
		return DeadlineScope.of(name, Deadline.after(time, this.timer)).<T, Exception>call((scope) -> work.call());
	}

	private void payToken(RateLimiter limiter, @Nullable Object key, int attempt) throws InterruptedException {
		TokenGate gate = limiter.gate(key);
		if (!gate.tryEnter()
				&& !waited(gate, limiter.maxWaitNanos(), PolicyEventKind.WAITED_FOR_RATE_LIMITER, attempt)) {
			throw this.pipeline.refusedByLimiter(limiter, key, gate, attempt);
		}
	}

	private Gate takePermit(FairBulkhead bulkhead, @Nullable Object key, int attempt) throws InterruptedException {
		Gate gate = bulkhead.gate(key);
		if (!gate.tryEnter() && !waited(gate, bulkhead.maxWaitNanos(), PolicyEventKind.WAITED_FOR_BULKHEAD, attempt)) {
			throw this.pipeline.refusedByBulkhead(bulkhead, attempt);
		}
		bulkhead.permitted();
		return gate;
	}

	private boolean waited(Gate gate, long maxWaitNanos, PolicyEventKind kind, int attempt)
			throws InterruptedException {
		long start = this.timer.nanoTime();
		Deadline deadline = Deadline.current();
		boolean entered = false;
		try {
			entered = Waits.park(gate, maxWaitNanos, this.timer);
		}
		finally {
			if (maxWaitNanos > 0) {
				this.events.waited(kind, attempt, this.timer.nanoTime() - start, null);
			}
		}
		if (!entered && deadline.isExpired()) {
			Duration elapsed = Duration.ofNanos(this.timer.nanoTime() - start);
			throw new DeadlineExceededException(this.pipeline.name, elapsed, elapsed, null);
		}
		return entered;
	}

}
