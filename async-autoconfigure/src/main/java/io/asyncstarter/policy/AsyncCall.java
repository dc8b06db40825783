package io.asyncstarter.policy;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A call that does not block: its deadline, its outcome and its fallback, around retries
 * and attempts.
 *
 * @param <T> the type of the result
 */
final class AsyncCall<T> implements AsyncCallback<T> {

	/*
	 * Invariant: whoever moves the state on from RUNNING decides on the outcome, counts
	 * it, and stops the attempts if they have not ended. The sink is told by whoever
	 * moves it to ENDED, unless that is a cancellation.
	 */

	private final Pipeline pipeline;

	private final @Nullable Object key;

	private final Supplier<? extends AsyncWork<T>> works;

	private final @Nullable Recovery<? extends AsyncWork<T>> recovery;

	private final @Nullable Repeatability repeatability;

	private final Executor resumer;

	private final Deadline deadline;

	private final AsyncCallback<T> sink;

	private final long startedAt;

	private final AsyncStep step;

	private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

	private volatile boolean committed;

	private volatile int attempts = 1;

	private volatile @Nullable AsyncWork<T> rescue;

	private volatile DeadlineTimer.@Nullable Timeout timeout;

	/**
	 * Creates a call.
	 * @param pipeline the strategies
	 * @param key the key, or {@code null} for none
	 * @param works makes the work of an attempt
	 * @param recovery makes the work of the fallback, or {@code null} for none
	 * @param repeatability what may be repeated, or {@code null} for all
	 * @param resumer runs what comes after a wait
	 * @param inherited the deadline of the caller
	 * @param sink who is told the result
	 */
	AsyncCall(Pipeline pipeline, @Nullable Object key, Supplier<? extends AsyncWork<T>> works,
			@Nullable Recovery<? extends AsyncWork<T>> recovery, @Nullable Repeatability repeatability,
			Executor resumer, Deadline inherited, AsyncCallback<T> sink) {
		this.pipeline = pipeline;
		this.key = key;
		this.works = works;
		this.recovery = recovery;
		this.repeatability = repeatability;
		this.resumer = resumer;
		this.sink = sink;
		Duration own = pipeline.deadline;
		this.deadline = (own != null) ? Deadline.after(own, pipeline.timer).earliest(inherited) : inherited;
		this.startedAt = (this.deadline.isUnbounded()) ? 0 : pipeline.timer.nanoTime();
		this.step = (pipeline.retry != null) ? new AsyncRetry<>(this, pipeline.retry) : newAttempt(this, 1);
	}

	void start() {
		if (this.deadline.isExpired()) {
			deadlinePassed();
			return;
		}
		if (!this.deadline.isUnbounded()) {
			this.timeout = this.pipeline.timer.schedule(this.deadline.remainingNanos(),
					() -> this.resumer.execute(this::deadlinePassed));
		}
		this.step.start();
	}

	AsyncStep newAttempt(AsyncCallback<T> callback, int number) {
		return (this.pipeline.isHedged(this.repeatability)) ? new AsyncHedge<>(this, callback, number)
				: new AsyncAttempt<>(this, callback, number);
	}

	AsyncWork<T> newWork() {
		return this.works.get();
	}

	Pipeline pipeline() {
		return this.pipeline;
	}

	@Nullable Object key() {
		return this.key;
	}

	@Nullable Repeatability repeatability() {
		return this.repeatability;
	}

	Executor resumer() {
		return this.resumer;
	}

	Deadline deadline() {
		return this.deadline;
	}

	void attempts(int attempts) {
		this.attempts = attempts;
	}

	DeadlineExceededException deadlineExceeded() {
		long now = this.pipeline.timer.nanoTime();
		long elapsed = now - this.startedAt;
		return new DeadlineExceededException(this.pipeline.name,
				Duration.ofNanos(Math.max(0, elapsed + this.deadline.remainingNanos())), Duration.ofNanos(elapsed),
				null);
	}

	private void deadlinePassed() {
		if (this.state.compareAndSet(State.RUNNING, State.RECOVERING)) {
			this.step.cancel();
			recover(deadlineExceeded());
		}
	}

	@Override
	public void succeeded(@Nullable T result) {
		if (this.state.compareAndSet(State.RUNNING, State.ENDED)) {
			disarm();
			this.pipeline.events.succeeded(this.attempts);
			this.sink.succeeded(result);
		}
	}

	@Override
	public void failed(Throwable failure) {
		if (this.state.compareAndSet(State.RUNNING, State.RECOVERING)) {
			disarm();
			recover(failure);
		}
	}

	@Override
	public boolean committed() {
		this.committed = true;
		return this.state.get() == State.RUNNING;
	}

	/**
	 * Gives the call up, if it has not ended. The sink is not told.
	 */
	void cancel() {
		State before = this.state.getAndSet(State.ENDED);
		if (before == State.RUNNING) {
			disarm();
			this.step.cancel();
			this.pipeline.events.happened(PolicyEventKind.CANCELLED, 0, null);
		}
		else if (before == State.RECOVERING) {
			AsyncWork<T> running = this.rescue;
			if (running != null) {
				running.cancel();
			}
		}
	}

	private void disarm() {
		DeadlineTimer.Timeout armed = this.timeout;
		if (armed != null) {
			armed.cancel();
		}
	}

	private void recover(Throwable failure) {
		this.pipeline.ended(failure);
		if (this.recovery == null || this.committed || !Pipeline.isRecoverable(failure)) {
			end(failure);
			return;
		}
		Rescue callback = new Rescue(failure);
		AsyncWork<T> work;
		try {
			work = this.recovery.recover(failure);
		}
		catch (Throwable ex) {
			callback.failed(ex);
			return;
		}
		this.rescue = work;
		if (this.state.get() == State.ENDED) {
			work.cancel();
			return;
		}
		work.start(callback, Deadline.none());
	}

	private void end(Throwable failure) {
		if (this.state.compareAndSet(State.RECOVERING, State.ENDED)) {
			this.sink.failed(failure);
		}
	}

	private enum State {

		RUNNING, RECOVERING, ENDED

	}

	/**
	 * Who is told how the fallback ended.
	 */
	private final class Rescue implements AsyncCallback<T> {

		private final Throwable failure;

		Rescue(Throwable failure) {
			this.failure = failure;
		}

		@Override
		public void succeeded(@Nullable T result) {
			if (AsyncCall.this.state.compareAndSet(State.RECOVERING, State.ENDED)) {
				AsyncCall.this.pipeline.events.happened(PolicyEventKind.FALLBACK_USED, 0, this.failure);
				AsyncCall.this.sink.succeeded(result);
			}
		}

		@Override
		public void failed(Throwable ex) {
			if (ex != this.failure) {
				AsyncCall.this.pipeline.events.happened(PolicyEventKind.FALLBACK_FAILED, 0, ex);
				Failures.suppress(ex, this.failure);
			}
			end(ex);
		}

		@Override
		public boolean committed() {
			return AsyncCall.this.state.get() == State.RECOVERING;
		}

	}

}
