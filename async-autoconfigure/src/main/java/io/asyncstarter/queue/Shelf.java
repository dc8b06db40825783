package io.asyncstarter.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The items that wait in a queue, and which of them may be taken. Guarded by the lock of
 * {@link QueueEngine}.
 *
 * @param <T> the type of the items
 */
final class Shelf<T> {

	/*
	 * Invariants. (1) 'size' counts the items in 'store', in 'ready' and held back in
	 * 'lanes'; the latter are 'held'. (2) A lane is in 'lanes' exactly while an item of
	 * its key is in 'ready' or taken by a seat. Items of the key that come up meanwhile
	 * are held back, in their order. (3) So nobody else has items of the keys of those in
	 * 'ready'. (4) All elements of the store are entries once 'entriesOnly' was called.
	 * (5) Entries are numbered as they are added. An item in the store may be younger
	 * than one that is held back: that depends on how far consumers have looked.
	 */

	private final ItemStore store;

	private final Deque<Entry<T>> ready = new ArrayDeque<>(0);

	private final Map<Object, Lane<T>> lanes = new HashMap<>();

	private int size;

	private int held;

	private long added;

	Shelf(ItemStore store) {
		this.store = store;
	}

	/**
	 * Returns how many items wait.
	 */
	int size() {
		return this.size;
	}

	/**
	 * Returns how many of them are not held back.
	 */
	int available() {
		return this.size - this.held;
	}

	void add(Object element) {
		store(element);
		this.size++;
	}

	private void store(Object element) {
		if (element instanceof Entry<?> entry) {
			entry.number = this.added++;
		}
		this.store.add(element);
	}

	/**
	 * Makes an entry of each element. From now on only entries may be added.
	 */
	void entriesOnly(UnaryOperator<Object> toEntry) {
		int elements = this.store.size();
		List<Object> entries = new ArrayList<>(elements);
		for (Object element = this.store.pollOldest(); element != null; element = this.store.pollOldest()) {
			entries.add(toEntry.apply(element));
		}
		entries.forEach(this::store);
	}

	/**
	 * Takes the next element for somebody who does not heed keys.
	 */
	@Nullable Object poll() {
		Object element = (!this.ready.isEmpty()) ? removeReady() : this.store.poll();
		if (element != null) {
			this.size--;
		}
		return element;
	}

	private Entry<T> removeReady() {
		Entry<T> entry = this.ready.removeFirst();
		advance(entry);
		return entry;
	}

	@SuppressWarnings("unchecked") // see the invariants
	private static <T> @Nullable Entry<T> entry(@Nullable Object element) {
		return (Entry<T>) element;
	}

	/**
	 * Gives a seat as many items as it takes together. Those whose key is being processed
	 * elsewhere are held back.
	 */
	void fill(Seat<T> seat) {
		while (seat.taken.size() < seat.batchSize) {
			Entry<T> entry = (!this.ready.isEmpty()) ? this.ready.removeFirst() : entry(this.store.poll());
			if (entry == null) {
				return;
			}
			Lane<T> lane = entry.lane;
			if (lane != null) {
				take(entry, lane, seat);
				takeHeld(lane, seat);
			}
			else if (entry.key == null) {
				this.size--;
				seat.taken.add(entry);
			}
			else {
				takeOrHold(entry, entry.key, seat);
			}
		}
	}

	private void takeOrHold(Entry<T> entry, Object key, Seat<T> seat) {
		Lane<T> lane = this.lanes.get(key);
		if (lane == null) {
			lane = new Lane<>(key);
			this.lanes.put(key, lane);
			take(entry, lane, seat);
		}
		else if (seat.equals(lane.owner) && lane.held.isEmpty()) {
			take(entry, lane, seat);
		}
		else {
			entry.lane = lane;
			lane.held.addLast(entry);
			this.held++;
		}
	}

	private void takeHeld(Lane<T> lane, Seat<T> seat) {
		while (seat.taken.size() < seat.batchSize && !lane.held.isEmpty()) {
			this.held--;
			take(lane.held.removeFirst(), lane, seat);
		}
	}

	private void take(Entry<T> entry, Lane<T> lane, Seat<T> seat) {
		this.size--;
		entry.lane = lane;
		lane.owner = seat;
		lane.taken++;
		seat.taken.add(entry);
	}

	/**
	 * Notes that a taken item needs its key no longer.
	 */
	void release(Entry<T> entry) {
		Lane<T> lane = entry.lane;
		if (lane != null && --lane.taken == 0) {
			lane.owner = null;
			advance(entry);
		}
	}

	private void advance(Entry<T> entry) {
		Lane<T> lane = entry.lane;
		if (lane == null) {
			return;
		}
		Entry<T> following = lane.held.pollFirst();
		if (following != null) {
			this.held--;
			this.ready.addLast(following);
		}
		else {
			this.lanes.remove(lane.key);
		}
	}

	/**
	 * Takes out the element that has waited longest. There must be one.
	 */
	Object removeOldest() {
		Entry<T> oldest = (this.lanes.isEmpty()) ? null : oldest();
		Lane<T> lane = (oldest != null) ? oldest.lane : null;
		this.size--;
		if (oldest == null || lane == null) {
			return removeOldestStored();
		}
		if (oldest.equals(lane.held.peekFirst())) {
			lane.held.removeFirst();
			this.held--;
		}
		else {
			this.ready.remove(oldest);
			advance(oldest);
		}
		return oldest;
	}

	private Object removeOldestStored() {
		Object oldest = this.store.pollOldest();
		if (oldest == null) {
			throw new IllegalStateException("There is no item");
		}
		return oldest;
	}

	/**
	 * Returns the item that has waited longest of those that are not held back, or
	 * {@code null} if there is none or no entries are kept.
	 */
	@Nullable Entry<T> oldestAvailable() {
		Entry<T> oldest = (this.store.oldest() instanceof Entry<?> first) ? entry(first) : null;
		for (Entry<T> entry : this.ready) {
			oldest = older(oldest, entry);
		}
		return oldest;
	}

	/**
	 * Returns the item that has waited longest, or {@code null} if there is none or no
	 * entries are kept.
	 */
	@Nullable Entry<T> oldest() {
		Entry<T> oldest = oldestAvailable();
		for (Lane<T> lane : this.lanes.values()) {
			Entry<T> first = lane.held.peekFirst();
			oldest = (first != null) ? older(oldest, first) : oldest;
		}
		return oldest;
	}

	private static <T> Entry<T> older(@Nullable Entry<T> one, Entry<T> other) {
		return (one == null || other.number < one.number) ? other : one;
	}

	/**
	 * Returns the items of the store, all of which must be entries.
	 */
	@SuppressWarnings("unchecked") // see the invariants
	Collection<Entry<T>> stored() {
		return (Collection<Entry<T>>) this.store.elements();
	}

	/**
	 * Takes out all elements.
	 * @return the elements, those that came first first
	 */
	List<Object> removeAll() {
		List<Object> all = new ArrayList<>(this.size);
		all.addAll(this.store.elements());
		all.addAll(this.ready);
		for (Lane<T> lane : this.lanes.values()) {
			all.addAll(lane.held);
			lane.held.clear();
		}
		// what is no entry was added in this order
		all.sort(Comparator.comparingLong((element) -> (element instanceof Entry<?> entry) ? entry.number : 0));
		this.store.elements().clear();
		this.ready.clear();
		this.lanes.clear();
		this.size = 0;
		this.held = 0;
		return all;
	}

}
