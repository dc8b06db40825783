package io.asyncstarter.queue;

import org.jspecify.annotations.Nullable;

/**
 * Those who wait for the same thing, in the order of their arrival. Takes a node from the
 * middle in constant time, since many may be cancelled together. Guarded by the lock of
 * {@link QueueEngine}.
 *
 * @param <N> the type of the nodes
 */
final class Line<N extends LineNode> {

	private @Nullable LineNode first;

	private @Nullable LineNode last;

	private int size;

	int size() {
		return this.size;
	}

	boolean isEmpty() {
		return this.first == null;
	}

	@SuppressWarnings("unchecked") // only such nodes are added
	@Nullable N first() {
		return (N) this.first;
	}

	void add(N node) {
		LineNode before = this.last;
		node.inLine = true;
		node.previous = before;
		if (before != null) {
			before.next = node;
		}
		else {
			this.first = node;
		}
		this.last = node;
		this.size++;
	}

	@Nullable N poll() {
		N head = first();
		if (head != null) {
			remove(head);
		}
		return head;
	}

	N removeFirst() {
		N head = poll();
		if (head == null) {
			throw new IllegalStateException("Nobody stands in line");
		}
		return head;
	}

	boolean remove(N node) {
		if (!node.inLine) {
			return false;
		}
		LineNode before = node.previous;
		LineNode after = node.next;
		if (before != null) {
			before.next = after;
		}
		else {
			this.first = after;
		}
		if (after != null) {
			after.previous = before;
		}
		else {
			this.last = before;
		}
		node.previous = null;
		node.next = null;
		node.inLine = false;
		this.size--;
		return true;
	}

}
