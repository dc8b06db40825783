package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

/**
 * Waiters in the order of their arrival; each is added once. Takes a waiter from the
 * middle in constant time, since thousands may be cancelled together. Not safe for use by
 * multiple threads: guarded by the lock of the gate.
 */
final class WaitQueue {

	private @Nullable Waiter first;

	private @Nullable Waiter last;

	private int size;

	int size() {
		return this.size;
	}

	@Nullable Waiter first() {
		return this.first;
	}

	void add(Waiter waiter) {
		waiter.queued = true;
		waiter.previous = this.last;
		if (this.last != null) {
			this.last.next = waiter;
		}
		else {
			this.first = waiter;
		}
		this.last = waiter;
		this.size++;
	}

	@Nullable Waiter poll() {
		Waiter head = this.first;
		if (head != null) {
			remove(head);
		}
		return head;
	}

	boolean remove(Waiter waiter) {
		if (!waiter.queued) {
			return false;
		}
		waiter.queued = false;
		if (waiter.previous != null) {
			waiter.previous.next = waiter.next;
		}
		else {
			this.first = waiter.next;
		}
		if (waiter.next != null) {
			waiter.next.previous = waiter.previous;
		}
		else {
			this.last = waiter.previous;
		}
		waiter.previous = null;
		waiter.next = null;
		this.size--;
		return true;
	}

}
