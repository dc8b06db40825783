package io.asyncstarter.queue;

import java.time.Duration;
import java.time.Instant;

import io.asyncstarter.deadline.Deadline;

/**
 * An item that is handed to a handler, and what is known about it. Instances are
 * immutable.
 *
 * @param <T> the type of the item
 * @since 0.1.0
 */
public final class Delivery<T> {

	private final Entry<T> entry;

	private final WorkQueue<T> queue;

	private final int attempt;

	Delivery(Entry<T> entry, WorkQueue<T> queue, int attempt) {
		this.entry = entry;
		this.queue = queue;
		this.attempt = attempt;
	}

	/**
	 * Returns the item.
	 * @return the item
	 */
	public T item() {
		return this.entry.item;
	}

	/**
	 * Returns the name of the queue.
	 * @return the name
	 */
	public String queue() {
		return this.queue.getName();
	}

	/**
	 * Returns which attempt to process the item this is.
	 * @return the number of the attempt, 1 for the first
	 */
	public int attempt() {
		return this.attempt;
	}

	/**
	 * Returns how long the item waited in the queue.
	 * @return the time
	 */
	public Duration waited() {
		return Duration.ofNanos(this.entry.takenAt - this.entry.acceptedAt);
	}

	/**
	 * Returns when the queue took the item, by the system's clock and what is known of
	 * the time since.
	 * @return the instant
	 */
	public Instant acceptedAt() {
		return this.queue.toInstant(this.entry.acceptedAt);
	}

	/**
	 * Returns the deadline that the producer had, if the queue carries it.
	 * @return the deadline; {@link Deadline#none()} if there is none
	 */
	public Deadline deadline() {
		return this.entry.deadline;
	}

	@Override
	public String toString() {
		return "Delivery[queue=%s, attempt=%d, item=%s]".formatted(queue(), this.attempt, item());
	}

}
