package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;

/**
 * Work on one item of many. Called by the thread of a task, so by several at once; may
 * block.
 *
 * @param <T> the type of the item
 * @param <R> the type of the result
 * @since 0.1.0
 */
@FunctionalInterface
public interface TaskFunction<T, R extends @Nullable Object> {

	/**
	 * Does the work.
	 * @param item the item
	 * @return the result
	 * @throws Exception if the work fails
	 */
	R apply(T item) throws Exception;

}
