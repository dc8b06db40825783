package io.asyncstarter.queue;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;

/**
 * An item on its way through a queue. Written by its producer until it is accepted, after
 * that guarded by the lock of {@link QueueEngine} until it is handed out.
 *
 * @param <T> the type of the item
 */
sealed class Entry<T> {

	final T item;

	/**
	 * What was bound to the producer's thread, or {@code null} if that is not carried.
	 */
	final @Nullable TaskContext context;

	/**
	 * The producer's deadline; {@link Deadline#none()} if that is not carried.
	 */
	final Deadline deadline;

	/**
	 * When the item was accepted, in the time of the queue's timer.
	 */
	long acceptedAt;

	/**
	 * The number of the item among all that were accepted.
	 */
	long number;

	/**
	 * When a managed consumer took the item; belongs to that one.
	 */
	long takenAt;

	/**
	 * Whether {@link #key} has been determined.
	 */
	boolean keyed;

	/**
	 * Items with equal keys are processed one after another; {@code null} if the item has
	 * none.
	 */
	@Nullable Object key;

	/**
	 * Those with the same key, while this one is out of the store; {@code null} if the
	 * item has no key or the queue no order by key.
	 */
	@Nullable Lane<T> lane;

	Entry(T item, @Nullable TaskContext context, Deadline deadline, long acceptedAt) {
		this.item = item;
		this.context = context;
		this.deadline = deadline;
		this.acceptedAt = acceptedAt;
	}

	/**
	 * Returns the item of an element of an {@link ItemStore}.
	 */
	// what is no entry is an item, of the type that the caller's queue has
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	static <T> T itemOf(Object element) {
		return (element instanceof Entry<?> entry) ? (T) entry.item : (T) element;
	}

	/**
	 * An item of a queue whose order is by rank.
	 *
	 * @param <T> the type of the item
	 */
	static final class Ranked<T> extends Entry<T> {

		final long rank;

		Ranked(T item, @Nullable TaskContext context, Deadline deadline, long acceptedAt, long rank) {
			super(item, context, deadline, acceptedAt);
			this.rank = rank;
		}

	}

}
