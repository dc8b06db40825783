package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;

/**
 * A bound of a thread under which a group may be opened: a task, or the body of another
 * group.
 */
interface TreeParent {

	/**
	 * Called by the thread that opens or closes a group.
	 * @param group the group that is open directly under this parent, or {@code null} if
	 * none is. There is at most one at a time
	 */
	void nest(@Nullable TaskGroup group);

	/**
	 * Returns the group whose tasks this parent and everything under it belongs to.
	 * @return the group, or {@code null} if there is none
	 */
	@Nullable TaskGroup group();

}
