package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The life of one task, as it is drawn. What comes after its end is ignored. Instances
 * are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class Lane {

	private final Recorder recorder;

	private final int number;

	private final String group;

	private final String name;

	private volatile @Nullable TaskState state;

	// how the latest piece of work came out, until that is recorded
	private volatile @Nullable TaskState outcome;

	Lane(Recorder recorder, int number, String group, String name) {
		this.recorder = recorder;
		this.number = number;
		this.group = group;
		this.name = name;
	}

	/**
	 * The task was handed over and waits for its turn.
	 * @return this lane
	 */
	public Lane queued() {
		change(TaskState.QUEUED, null);
		return this;
	}

	/**
	 * The task is at work.
	 * @param detail what it does, such as the number of the attempt; {@code null} if
	 * there is nothing to say
	 * @return this lane
	 */
	public Lane running(@Nullable String detail) {
		change(TaskState.RUNNING, detail);
		return this;
	}

	/**
	 * The task is kept waiting.
	 * @param detail what for
	 * @return this lane
	 */
	public Lane waiting(String detail) {
		change(TaskState.WAITING, detail);
		return this;
	}

	/**
	 * The task has nothing to do for now.
	 * @return this lane
	 */
	public Lane idle() {
		change(TaskState.IDLE, null);
		return this;
	}

	/**
	 * The task was given a time, from now on.
	 * @param time how long it may take
	 * @return this lane
	 */
	public Lane due(Duration time) {
		this.recorder.record((seq, at) -> new RunEvent.Due(seq, at, this.number, at + time.toNanos() / 1000));
		return this;
	}

	/**
	 * The task ended with a value.
	 */
	public void done() {
		change(TaskState.DONE, null);
	}

	/**
	 * The task ended without a value.
	 * @param error why; an interruption or a cancellation counts as cancelled
	 */
	public void ended(Throwable error) {
		change(stateAfter(error), describe(error));
	}

	/**
	 * Nobody wants the task any more.
	 * @param detail why, or {@code null} if there is nothing to say
	 */
	public void cancelled(@Nullable String detail) {
		change(TaskState.CANCELLED, detail);
	}

	/**
	 * Do the task's work on this thread.
	 * @param <T> the type of the value
	 * @param work the work
	 * @return its value
	 * @throws Exception if the work failed
	 */
	public <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
		running(null);
		return track(work);
	}

	/**
	 * Do the task's work on this thread. The work tells itself what it is at; how it ends
	 * is recorded.
	 * @param <T> the type of the value
	 * @param work the work
	 * @return its value
	 * @throws Exception if the work failed
	 */
	public <T extends @Nullable Object> T track(Callable<T> work) throws Exception {
		try {
			T value = work.call();
			done();
			return value;
		}
		catch (Throwable ex) {
			ended(ex);
			throw ex;
		}
	}

	/**
	 * Record how the task's work ends, whenever it is subscribed to.
	 * @param <T> the type of the value
	 * @param work the work, which tells itself what it is at
	 * @return the work, recorded
	 */
	public <T> Mono<T> track(Mono<T> work) {
		return work.doOnSuccess((value) -> done()).doOnError(this::ended).doOnCancel(() -> cancelled(null));
	}

	/**
	 * Do a piece of the task's work on this thread, such as one of several attempts. The
	 * task goes on after it: what it does next is to be told.
	 * @param <T> the type of the value
	 * @param detail which piece it is, or {@code null} if there is nothing to say
	 * @param work the work
	 * @return its value
	 * @throws Exception if the work failed
	 */
	public <T extends @Nullable Object> T piece(@Nullable String detail, Callable<T> work) throws Exception {
		running(detail);
		try {
			T value = work.call();
			this.outcome = TaskState.DONE;
			return value;
		}
		catch (Throwable ex) {
			this.outcome = stateAfter(ex);
			throw ex;
		}
	}

	/**
	 * Do a piece of the task's work whenever it is subscribed to. The task goes on after
	 * it: what it does next is to be told.
	 * @param <T> the type of the value
	 * @param detail which piece it is, or {@code null} if there is nothing to say
	 * @param work the work
	 * @return the work, recorded
	 */
	public <T> Mono<T> piece(@Nullable String detail, Mono<T> work) {
		return work.doOnSubscribe((subscription) -> running(detail))
			.doOnSuccess((value) -> this.outcome = TaskState.DONE)
			.doOnError((error) -> this.outcome = stateAfter(error))
			.doOnCancel(() -> this.outcome = TaskState.CANCELLED);
	}

	/**
	 * Do the task's work whenever it is subscribed to.
	 * @param <T> the type of the value
	 * @param work the work
	 * @return the work, recorded
	 */
	public <T> Mono<T> mono(Mono<T> work) {
		return track(work.doOnSubscribe((subscription) -> running(null)));
	}

	/**
	 * The piece of work that the task is at has failed. The task goes on: what it does
	 * next is to be told.
	 * @return this lane
	 */
	public Lane broken() {
		this.outcome = TaskState.FAILED;
		return this;
	}

	private void change(TaskState to, @Nullable String detail) {
		TaskState ended = this.outcome;
		this.outcome = null;
		this.recorder.change(this, to, detail, ended);
	}

	private static TaskState stateAfter(Throwable error) {
		boolean cancelled = error instanceof InterruptedException || error instanceof CancellationException
				|| Thread.currentThread().isInterrupted();
		return cancelled ? TaskState.CANCELLED : TaskState.FAILED;
	}

	private static String describe(Throwable error) {
		String message = error.getMessage();
		return error.getClass().getSimpleName() + ((message != null) ? ": " + message : "");
	}

	void moveTo(TaskState state) {
		this.state = state;
	}

	@Nullable TaskState state() {
		return this.state;
	}

	int number() {
		return this.number;
	}

	String group() {
		return this.group;
	}

	String name() {
		return this.name;
	}

}
