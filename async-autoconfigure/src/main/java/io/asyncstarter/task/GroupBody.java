package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;

/**
 * What the owner of a {@link TaskGroup} does while the group is open. Always called on
 * the owner's thread; may block.
 *
 * @param <T> the type of the result
 * @since 0.1.0
 */
@FunctionalInterface
public interface GroupBody<T extends @Nullable Object> {

	/**
	 * Does the owner's part of the work.
	 * @param group the group, to fork work in
	 * @return the result
	 * @throws Exception if the work fails, which cancels what was forked
	 */
	T run(TaskGroup group) throws Exception;

}
