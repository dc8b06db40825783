package io.asyncstarter.policy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;

/**
 * One attempt of a call that does not block: circuit breaker, rate limiter, bulkhead,
 * timeout and work.
 *
 * @param <T> the type of the result
 */
final class AsyncAttempt<T> extends BriefLock implements AsyncStep, AsyncCallback<T> {

	/*
	 * Invariants. (1) Mutable fields are guarded by the lock until 'ended' is set, and
	 * belong to whoever set it from then on. (2) Whoever sets it gives everything back:
	 * the timeout, the permit, the breaker's permission. (3) Whoever gets hold of
	 * something and finds 'ended' set gives just that back. (4) Work is cancelled before
	 * its permit is given back. (5) Nothing of the user's and no other lock is touched
	 * under the lock.
	 */

	private final AsyncCall<T> call;

	private final Pipeline pipeline;

	private final AsyncCallback<T> callback;

	private final int number;

	private final AsyncWork<T> work;

	private boolean ended;

	private boolean asked;

	private boolean running;

	private long startedAt;

	private @Nullable Gate permit;

	private @Nullable AsyncWaiter waiter;

	private @Nullable CompletableFuture<Void> moved;

	private DeadlineTimer.@Nullable Timeout timeout;

	AsyncAttempt(AsyncCall<T> call, AsyncCallback<T> callback, int number) {
		this.call = call;
		this.pipeline = call.pipeline();
		this.callback = callback;
		this.number = number;
		this.work = call.newWork();
	}

	@Override
	public void start() {
		CircuitBreaker breaker = this.pipeline.breaker;
		if (breaker != null) {
			if (isEnded()) {
				return;
			}
			if (!breaker.tryAcquirePermission()) {
				refuse(this.pipeline.refusedByBreaker(breaker, this.number));
				return;
			}
			if (!during(() -> this.asked = true)) {
				breaker.releasePermission();
				return;
			}
		}
		payToken();
	}

	private void payToken() {
		RateLimiter limiter = this.pipeline.limiter;
		if (limiter == null) {
			takePermit();
			return;
		}
		TokenGate gate = limiter.gate(this.call.key());
		if (gate.tryEnter()) {
			takePermit();
			return;
		}
		await(gate, limiter.maxWaitNanos(), PolicyEventKind.WAITED_FOR_RATE_LIMITER, this::takePermit,
				() -> refuse(this.pipeline.refusedByLimiter(limiter, this.call.key(), gate, this.number)));
	}

	private void takePermit() {
		FairBulkhead bulkhead = this.pipeline.bulkhead;
		if (bulkhead == null) {
			move();
			return;
		}
		if (isEnded()) {
			return;
		}
		Gate gate = bulkhead.gate(this.call.key());
		Runnable entered = () -> {
			if (during(() -> this.permit = gate)) {
				bulkhead.permitted();
				move();
			}
			else {
				gate.leave();
			}
		};
		if (gate.tryEnter()) {
			entered.run();
			return;
		}
		await(gate, bulkhead.maxWaitNanos(), PolicyEventKind.WAITED_FOR_BULKHEAD, entered,
				() -> refuse(this.pipeline.refusedByBulkhead(bulkhead, this.number)));
	}

	private void await(Gate gate, long maxWaitNanos, PolicyEventKind kind, Runnable entered, Runnable refused) {
		long limit = Waits.limit(maxWaitNanos, this.call.deadline());
		long start = this.pipeline.timer.nanoTime();
		AsyncWaiter created = new AsyncWaiter(gate, this.call.resumer(), () -> {
			waited(kind, maxWaitNanos, start);
			entered.run();
		}, () -> {
			waited(kind, maxWaitNanos, start);
			if (this.call.deadline().isExpired()) {
				refuse(this.call.deadlineExceeded());
			}
			else {
				refused.run();
			}
		});
		if (during(() -> this.waiter = created)) {
			created.start(limit, this.pipeline.timer);
			if (isEnded()) {
				created.cancel();
			}
		}
		else if (gate.enter(created, 0) == Gate.Answer.ENTERED) {
			gate.leave();
		}
	}

	private void waited(PolicyEventKind kind, long maxWaitNanos, long start) {
		if (maxWaitNanos > 0) {
			this.pipeline.events.waited(kind, this.number, this.pipeline.timer.nanoTime() - start, null);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nothing can go wrong in it
	private void move() {
		BoundedExecutor executor = this.pipeline.executor;
		if (executor == null) {
			begin();
			return;
		}
		CompletableFuture<Void> submitted;
		try {
			submitted = executor.submitCompletable(this::begin);
		}
		catch (RuntimeException ex) {
			this.pipeline.events.happened(PolicyEventKind.REJECTED_BY_EXECUTOR, this.number, ex);
			refuse(ex);
			return;
		}
		submitted.whenComplete((nothing, failure) -> {
			if (failure != null && !isRunning() && !isEnded()) {
				this.pipeline.events.happened(PolicyEventKind.REJECTED_BY_EXECUTOR, this.number, failure);
				refuse(Cancellations.unwrap(failure));
			}
		});
		if (!during(() -> this.moved = submitted)) {
			submitted.cancel(true);
		}
	}

	private void begin() {
		DeadlineTimer timer = this.pipeline.timer;
		boolean begun = during(() -> {
			this.running = true;
			this.startedAt = timer.nanoTime();
		});
		if (!begun) {
			return;
		}
		Duration limit = this.pipeline.timeout;
		Deadline deadline = this.call.deadline();
		if (limit != null) {
			deadline = Deadline.after(limit, timer).earliest(deadline);
			DeadlineTimer.Timeout armed = timer.schedule(Settings.nanos(limit),
					() -> this.call.resumer().execute(() -> timedOut(limit)));
			if (!during(() -> this.timeout = armed)) {
				armed.cancel();
			}
		}
		this.work.start(this, deadline);
	}

	private void timedOut(Duration limit) {
		if (end()) {
			cancelWork();
			AttemptTimeoutException failure = this.pipeline.timedOut(limit, this.number, null);
			giveBack();
			if (this.pipeline.breaker != null) {
				this.pipeline.breaker.onError(elapsed(), TimeUnit.NANOSECONDS, failure);
			}
			this.callback.failed(failure);
		}
	}

	@Override
	public void succeeded(@Nullable T result) {
		if (end()) {
			giveBack();
			if (this.pipeline.breaker != null) {
				this.pipeline.breaker.onResult(elapsed(), TimeUnit.NANOSECONDS, result);
			}
			this.callback.succeeded(result);
		}
	}

	@Override
	public void failed(Throwable failure) {
		if (end()) {
			giveBack();
			CircuitBreaker breaker = this.pipeline.breaker;
			if (breaker != null && Cancellations.isCancellation(failure)) {
				breaker.releasePermission();
			}
			else if (breaker != null) {
				breaker.onError(elapsed(), TimeUnit.NANOSECONDS, failure);
			}
			this.callback.failed(failure);
		}
	}

	@Override
	public boolean committed() {
		return !isEnded() && this.callback.committed();
	}

	/**
	 * Ends this attempt before its work was started.
	 */
	private void refuse(Throwable refusal) {
		if (end()) {
			giveBack();
			releaseBreaker();
			this.callback.failed(refusal);
		}
	}

	@Override
	public void cancel() {
		if (end()) {
			if (this.waiter != null) {
				this.waiter.cancel();
			}
			cancelWork();
			giveBack();
			releaseBreaker();
		}
	}

	private void cancelWork() {
		this.work.cancel();
		if (this.moved != null) {
			this.moved.cancel(true);
		}
	}

	private void releaseBreaker() {
		if (this.asked && this.pipeline.breaker != null) {
			this.pipeline.breaker.releasePermission();
		}
	}

	private void giveBack() {
		if (this.timeout != null) {
			this.timeout.cancel();
		}
		this.pipeline.giveBack(this.permit);
	}

	private long elapsed() {
		return Math.max(0, this.pipeline.timer.nanoTime() - this.startedAt);
	}

	private boolean isRunning() {
		acquire();
		try {
			return this.running;
		}
		finally {
			release();
		}
	}

	private boolean isEnded() {
		acquire();
		try {
			return this.ended;
		}
		finally {
			release();
		}
	}

	/**
	 * Changes something unless this attempt has ended.
	 */
	private boolean during(Runnable change) {
		acquire();
		try {
			boolean open = !this.ended;
			if (open) {
				change.run();
			}
			return open;
		}
		finally {
			release();
		}
	}

	private boolean end() {
		return during(() -> this.ended = true);
	}

}
