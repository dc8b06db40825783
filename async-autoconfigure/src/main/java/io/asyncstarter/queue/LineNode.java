package io.asyncstarter.queue;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who stands in a {@link Line}. Links are guarded by the lock of
 * {@link QueueEngine}.
 */
abstract class LineNode {

	@Nullable LineNode previous;

	@Nullable LineNode next;

	/**
	 * Who else is to be woken, once the lock is released.
	 */
	@Nullable LineNode alsoWake;

	boolean inLine;

	/**
	 * Tells that the wait is over; called without the lock.
	 */
	abstract void wake();

	/**
	 * Wakes a chain of nodes.
	 */
	static void wakeAll(@Nullable LineNode first) {
		LineNode node = first;
		while (node != null) {
			LineNode following = node.alsoWake;
			node.alsoWake = null;
			node.wake();
			node = following;
		}
	}

}
