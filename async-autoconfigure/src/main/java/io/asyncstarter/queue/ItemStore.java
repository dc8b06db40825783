package io.asyncstarter.queue;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Where accepted elements wait, and in which order they leave. Guarded by the lock of
 * {@link QueueEngine}.
 * <p>
 * An element is an {@link Entry} or, if nothing but the item is known, the item itself:
 * that saves an object for each item of a queue that measures nothing.
 */
abstract sealed class ItemStore {

	abstract void add(Object element);

	/**
	 * Takes out the item whose turn it is.
	 */
	abstract @Nullable Object poll();

	/**
	 * Takes out the item that came first.
	 */
	abstract @Nullable Object pollOldest();

	/**
	 * Returns the item that came first.
	 */
	abstract @Nullable Object oldest();

	abstract int size();

	/**
	 * Returns all elements; those that are no entries in the order in which they came,
	 * others in any.
	 */
	abstract Collection<?> elements();

	/**
	 * First in, first out.
	 */
	static sealed class Fifo extends ItemStore {

		final Deque<Object> elements = new ArrayDeque<>();

		@Override
		void add(Object element) {
			this.elements.addLast(element);
		}

		@Override
		@Nullable Object poll() {
			return this.elements.pollFirst();
		}

		@Override
		@Nullable Object pollOldest() {
			return this.elements.pollFirst();
		}

		@Override
		@Nullable Object oldest() {
			return this.elements.peekFirst();
		}

		@Override
		int size() {
			return this.elements.size();
		}

		@Override
		Collection<?> elements() {
			return this.elements;
		}

	}

	/**
	 * Last in, first out.
	 */
	static final class Lifo extends Fifo {

		@Override
		@Nullable Object poll() {
			return this.elements.pollLast();
		}

	}

	/**
	 * The lowest rank first, and among equals the one that came first. What is asked of
	 * age is found by a search.
	 */
	static final class Priority extends ItemStore {

		private final Queue<Entry.Ranked<?>> entries = new PriorityQueue<>(
				Comparator.comparingLong((Entry.Ranked<?> entry) -> entry.rank)
					.thenComparingLong((entry) -> entry.number));

		@Override
		void add(Object element) {
			this.entries.add((Entry.Ranked<?>) element);
		}

		@Override
		@Nullable Object poll() {
			return this.entries.poll();
		}

		@Override
		@Nullable Object pollOldest() {
			Object oldest = oldest();
			if (oldest != null) {
				this.entries.remove(oldest);
			}
			return oldest;
		}

		@Override
		@Nullable Object oldest() {
			return this.entries.stream().min(Comparator.comparingLong((entry) -> entry.number)).orElse(null);
		}

		@Override
		int size() {
			return this.entries.size();
		}

		@Override
		Collection<?> elements() {
			return this.entries;
		}

	}

}
