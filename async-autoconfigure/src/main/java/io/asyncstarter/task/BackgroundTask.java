package io.asyncstarter.task;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * Work that goes on in the background: nobody has to wait for it, but it has a name, is
 * listed while it runs, and does not fail unnoticed. A failure that nobody asks for, by
 * one of the methods that say so, is reported once: logged, counted and told to the
 * listeners.
 * <p>
 * A periodic task is cancelled at its end, has no result, and each failure of a run is
 * reported at once.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @param <T> the type of the result
 * @since 0.1.0
 */
public sealed interface BackgroundTask<T extends @Nullable Object> permits BackgroundJob {

	/**
	 * Returns the name of this task.
	 * @return the name
	 */
	String getName();

	/**
	 * Returns where this task stands.
	 * @return the state, {@link Subtask.State#UNAVAILABLE} until it has ended
	 */
	Subtask.State state();

	/**
	 * Waits for this task to end. This asks for its failure.
	 * @return the result
	 * @throws InterruptedException if the caller is interrupted; the task goes on
	 * @throws ExecutionException if the task failed, with the failure as its cause
	 * @throws CancellationException if the task was cancelled
	 */
	T get() throws InterruptedException, ExecutionException;

	/**
	 * Waits for this task to end, for a time. This asks for its failure, if the task ends
	 * within that time.
	 * @param timeout the time
	 * @return the result
	 * @throws InterruptedException if the caller is interrupted; the task goes on
	 * @throws ExecutionException if the task failed, with the failure as its cause
	 * @throws TimeoutException if the task has not ended; it goes on
	 * @throws CancellationException if the task was cancelled
	 */
	T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException;

	/**
	 * Returns what this task threw. This asks for its failure.
	 * @return the exception
	 * @throws IllegalStateException if the state is not {@link Subtask.State#FAILED}
	 */
	Throwable exception();

	/**
	 * Returns a future that ends as this task does. Ending it otherwise does not affect
	 * the task. This asks for its failure.
	 * @return a new future
	 */
	CompletableFuture<T> toCompletableFuture();

	/**
	 * Cancels this task: it is interrupted if it runs, and does not run (again) if not.
	 * @return {@code true} if the task has been asked to stop, now or earlier;
	 * {@code false} if it had ended
	 */
	boolean cancel();

}
