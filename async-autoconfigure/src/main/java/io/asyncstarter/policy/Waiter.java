package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who waits at a {@link Gate}.
 */
abstract class Waiter {

	/*
	 * The fields are guarded by the lock of the gate.
	 */

	@Nullable Waiter previous;

	@Nullable Waiter next;

	boolean queued;

	/**
	 * Called once when the gate has let the waiter in, by whoever made room or by the
	 * timer. Runs no user's code and does not block.
	 */
	abstract void granted();

}
