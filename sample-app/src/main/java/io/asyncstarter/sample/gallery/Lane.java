package io.asyncstarter.sample.gallery;

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
		this.recorder.change(this, TaskState.QUEUED, null);
		return this;
	}

	/**
	 * The task is at work.
	 * @param detail what it does, such as the number of the attempt; {@code null} if
	 * there is nothing to say
	 * @return this lane
	 */
	public Lane running(@Nullable String detail) {
		this.recorder.change(this, TaskState.RUNNING, detail);
		return this;
	}

	/**
	 * The task is kept waiting.
	 * @param detail what for
	 * @return this lane
	 */
	public Lane waiting(String detail) {
		this.recorder.change(this, TaskState.WAITING, detail);
		return this;
	}

	/**
	 * The task ended with a value.
	 */
	public void done() {
		this.recorder.change(this, TaskState.DONE, null);
	}

	/**
	 * The task ended without a value.
	 * @param error why; an interruption or a cancellation counts as cancelled
	 */
	public void ended(Throwable error) {
		boolean cancelled = error instanceof InterruptedException || error instanceof CancellationException
				|| Thread.currentThread().isInterrupted();
		this.recorder.change(this, cancelled ? TaskState.CANCELLED : TaskState.FAILED, describe(error));
	}

	/**
	 * Nobody wants the task any more.
	 * @param detail why, or {@code null} if there is nothing to say
	 */
	public void cancelled(@Nullable String detail) {
		this.recorder.change(this, TaskState.CANCELLED, detail);
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
	 * Do the task's work whenever it is subscribed to.
	 * @param <T> the type of the value
	 * @param work the work
	 * @return the work, recorded
	 */
	public <T> Mono<T> mono(Mono<T> work) {
		return work.doOnSubscribe((subscription) -> running(null))
			.doOnSuccess((value) -> done())
			.doOnError(this::ended)
			.doOnCancel(() -> cancelled(null));
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
