package io.asyncstarter.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import org.jspecify.annotations.Nullable;

/**
 * A task of a {@link BoundedExecutor}: its future, its place in the queue and what it
 * took along from its submitter, in one object of 64 bytes.
 *
 * @param <V> the type of the result
 */
class BoundedTask<V extends @Nullable Object> extends FutureTask<V> {

	/*
	 * The fields are guarded by the lock of Admission, except: 'capture', 'since' and
	 * 'nested' are written by the submitter before it asks for admission and not changed
	 * while the task is queued; 'interrupting' is written before the cancellation that
	 * makes it matter.
	 */

	@Nullable BoundedTask<?> previous;

	@Nullable BoundedTask<?> next;

	/**
	 * While the task is {@link TaskState#RUNNING}: its thread. Before: what was given to
	 * {@code execute}, if anything. One field for both keeps the task small.
	 */
	@Nullable Object slot;

	TaskCapture capture;

	/**
	 * When the task was submitted, in nanoseconds of the executor's time.
	 */
	long since;

	/**
	 * Whether the submitter was itself a task of the same executor.
	 */
	boolean nested;

	TaskState state = TaskState.NEW;

	private volatile boolean interrupting;

	BoundedTask(TaskCapture capture, Callable<V> work) {
		super(work);
		this.capture = capture;
	}

	final BoundedExecutor executor() {
		return this.capture.executor;
	}

	@SuppressWarnings("ReferenceEquality") // a subclass may define equality otherwise
	final boolean isOf(BoundedExecutor executor) {
		return this.capture.executor == executor;
	}

	@Override
	public void run() {
		if (this.state != TaskState.NEW || !CompletionServices.isGivenUp(this)) {
			super.run();
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * A task that waits in the queue leaves it at once.
	 */
	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		if (isDone()) {
			return false;
		}
		// First the place, then the future, since that may run code of the user's.
		boolean withdrawn = executor().withdrawCancelled(this);
		try {
			if (mayInterruptIfRunning) {
				this.interrupting = true;
			}
			return super.cancel(mayInterruptIfRunning);
		}
		finally {
			if (withdrawn) {
				executor().settled(this);
			}
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * A caller that is itself a task of the same executor runs a task that still waits in
	 * the queue in place, since otherwise both could wait for ever.
	 */
	@Override
	public V get() throws InterruptedException, ExecutionException {
		if (!isDone()) {
			executor().helpIfNested(this);
		}
		return super.get();
	}

	/**
	 * Ends a task that did not run, and will not.
	 * @param failure what the future reports
	 * @return whether the task had not ended before
	 */
	boolean fail(Throwable failure) {
		setException(failure);
		return hasFailedBy(failure);
	}

	@SuppressWarnings("ReferenceEquality") // another failure may be equal to this one
	final boolean hasFailedBy(Throwable failure) {
		return state() == State.FAILED && exceptionNow() == failure;
	}

	/**
	 * Cancels a task that has left the queue without being run.
	 */
	void abandon() {
		super.cancel(false);
	}

	/**
	 * Called once, when the task has left the executor and its place is free again; its
	 * future has ended before.
	 */
	void left() {
	}

	/**
	 * Returns whether the end of the future may run code of the user's that takes time.
	 */
	boolean hasCallbacks() {
		return false;
	}

	/**
	 * Returns whether the thread was, or will be, interrupted by the task's cancellation.
	 */
	final boolean isInterrupted() {
		return this.interrupting && isCancelled();
	}

	/**
	 * Returns what the executor's caller knows this task by, as long as it is not
	 * started.
	 */
	Runnable handle() {
		return this;
	}

	/**
	 * Returns whether the executor's caller knows this task by the handle, as long as it
	 * is not started.
	 */
	@SuppressWarnings("ReferenceEquality") // two commands may be equal
	final boolean isKnownAs(Runnable handle) {
		return this == handle || handle() == handle;
	}

	TaskOutcome outcome() {
		return switch (state()) {
			case SUCCESS -> TaskOutcome.SUCCEEDED;
			case CANCELLED -> TaskOutcome.CANCELLED;
			default -> TaskOutcome.FAILED;
		};
	}

}
