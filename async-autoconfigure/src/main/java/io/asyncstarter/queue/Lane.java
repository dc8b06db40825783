package io.asyncstarter.queue;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * The items of one key while at least one of them is out of the store: those of one
 * consumer, which are being processed, and those that are held back until it has done so.
 * Guarded by the lock of {@link QueueEngine}.
 *
 * @param <T> the type of the items
 */
final class Lane<T> {

	final Object key;

	final Deque<Entry<T>> held = new ArrayDeque<>(2);

	/**
	 * Who processes items of the key, or {@code null} while one waits to be taken.
	 */
	@Nullable Seat<T> owner;

	/**
	 * How many items the owner has.
	 */
	int taken;

	Lane(Object key) {
		this.key = key;
	}

}
