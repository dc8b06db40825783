package io.asyncstarter.task;

import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work that was forked in a {@link TaskGroup}.
 * <p>
 * This is the JDK's {@code StructuredTaskScope.Subtask} with two differences. A subtask
 * that was cancelled is {@link State#CANCELLED}, where the JDK says {@code UNAVAILABLE}
 * or {@code FAILED}, depending on when it ended. And {@link #get()} may be called as soon
 * as there is a result, not only after {@link TaskGroup#join()}.
 * <p>
 * Instances are safe for use by multiple threads and may be kept after the group has
 * ended.
 *
 * @param <T> the type of the result
 * @since 0.1.0
 */
public sealed interface Subtask<T extends @Nullable Object> permits ForkedTask {

	/**
	 * Returns the name that the work was forked with.
	 * @return the name, or one made of the group's name and a number if it has none
	 */
	String getName();

	/**
	 * Returns where the work stands.
	 * @return the state
	 */
	State state();

	/**
	 * Returns what the work returned.
	 * @return the result
	 * @throws IllegalStateException if the state is not {@link State#SUCCESS}; a
	 * {@link CancellationException}, which is one, if it is {@link State#CANCELLED}
	 */
	T get();

	/**
	 * Returns what the work threw.
	 * @return the exception
	 * @throws IllegalStateException if the state is not {@link State#FAILED}; a
	 * {@link CancellationException}, which is one, if it is {@link State#CANCELLED}
	 */
	Throwable exception();

	/**
	 * Cancels the work, and nothing else of the group. Work that has not been started
	 * will not be; running work is interrupted, once. What becomes of it then is its own
	 * affair: a value that it returns all the same is its result, an exception other than
	 * the interruption is its failure.
	 * @return {@code true} if the work has been asked to stop, now or earlier;
	 * {@code false} if it had ended
	 */
	boolean cancel();

	/**
	 * The states of a subtask.
	 */
	enum State {

		/**
		 * The work waits, runs, or has been asked to stop and has not ended.
		 */
		UNAVAILABLE,

		/**
		 * The work has returned a result.
		 */
		SUCCESS,

		/**
		 * The work has failed.
		 */
		FAILED,

		/**
		 * The work was cancelled: before it was started, or it gave up on its
		 * interruption. Not a failure of the group.
		 */
		CANCELLED

	}

}
