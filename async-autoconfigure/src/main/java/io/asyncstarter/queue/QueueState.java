package io.asyncstarter.queue;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * The items that wait in a queue, those who wait for room, and those who wait for items.
 * Guarded by the lock of {@link QueueEngine}. Methods that let somebody go on take and
 * return the chain of those who are to be woken, once the lock has been released.
 *
 * @param <T> the type of the items
 */
final class QueueState<T> {

	/*
	 * Invariants, whenever the lock is free:
	 *
	 * (1) 'unfinished' counts the items on the shelf and those that were handed out and
	 * have not been settled.
	 *
	 * (2) If somebody is in 'takers' and there is an item, then one taker is 'called': he
	 * is on his way, and will take an item and call the next one or, if he has given up
	 * meanwhile, just call the next one. Likewise for 'seats', unless the queue is paused
	 * or one of them is 'lingering', whose batch is not complete and whose timer is set.
	 * Only one is called at a time: those who run take what there is, and waking threads
	 * for it that will find nothing would cost more than all the rest.
	 *
	 * (3) If a thread is in 'producers' and there is room, then one of them is called
	 * likewise, and a place is 'reserved' for it. Who comes later may take room beyond
	 * that, but nobody can take the place that somebody was called to. The item of a
	 * producer that is no thread is accepted by whoever makes room.
	 *
	 * (4) Nobody stands in 'producers' unless the queue is open, nor in 'takers' or
	 * 'seats' once there will be no more items, nor in 'heirs' once the last item is
	 * done. There may be more items after the queue was closed as long as there are
	 * 'sources': queues whose dead letters come here and whose last item is not done.
	 */

	private final DeadlineTimer timer;

	final Shelf<T> shelf;

	final Line<Producer> producers = new Line<>();

	final Line<ParkedNode> takers = new Line<>();

	private final Line<Seat<T>> seats = new Line<>();

	final Line<ParkedNode> joiners = new Line<>();

	/**
	 * Those to whom dead letters go, so that they know when there will be no more.
	 */
	final Line<LineNode> heirs = new Line<>();

	private @Nullable Seat<T> lingering;

	int capacity;

	private boolean called;

	private int reserved;

	int sources;

	long accepted;

	long unfinished;

	/**
	 * How many items were taken by hand and are not done.
	 */
	long takenByHand;

	ElementForm form = ElementForm.ANY;

	boolean paused;

	WorkQueueStats.State state = WorkQueueStats.State.OPEN;

	QueueState(int capacity, ItemStore store, DeadlineTimer timer) {
		this.capacity = capacity;
		this.shelf = new Shelf<>(store);
		this.timer = timer;
	}

	boolean isFull() {
		return this.shelf.size() + this.reserved >= this.capacity;
	}

	/**
	 * Returns whether there will be no more items.
	 */
	boolean isEnded() {
		if (this.state == WorkQueueStats.State.CLOSED) {
			return this.shelf.size() == 0 && this.sources == 0;
		}
		return this.state == WorkQueueStats.State.STOPPED;
	}

	/**
	 * Returns why an element cannot be accepted even if there is room, or {@code null} if
	 * it can.
	 */
	@Nullable Acceptance refusal(Object element) {
		if (this.state != WorkQueueStats.State.OPEN) {
			return Acceptance.CLOSED;
		}
		return (this.form.isMetBy(element)) ? null : Acceptance.OUTDATED;
	}

	void accept(Object element) {
		this.shelf.add(element);
		this.accepted++;
		this.unfinished++;
	}

	private void acceptLate(Producer producer) {
		if (producer.element instanceof Entry<?> entry) {
			entry.acceptedAt = this.timer.nanoTime();
		}
		accept(producer.element);
	}

	/**
	 * Answers a thread that does not wait for room any longer.
	 * @param late whether it is too late to accept its item
	 */
	Acceptance answer(Producer.Parked producer, boolean late) {
		if (producer.called) {
			this.reserved--;
			if (late) {
				return Acceptance.FULL;
			}
			if (this.state == WorkQueueStats.State.OPEN) {
				acceptLate(producer);
				return Acceptance.ACCEPTED;
			}
			return Acceptance.CLOSED;
		}
		this.producers.remove(producer);
		return (producer.answer != null) ? producer.answer : Acceptance.FULL;
	}

	/**
	 * Lets those who wait for room in, as far as there is room.
	 */
	@Nullable LineNode admit(@Nullable LineNode wake) {
		LineNode chain = wake;
		for (Producer first = this.producers.first(); first != null && !isFull(); first = this.producers.first()) {
			switch (first) {
				case Producer.Parked parked -> {
					if (this.reserved > 0) {
						return chain;
					}
					parked.called = true;
					this.reserved++;
				}
				case Producer.Sending sending -> {
					acceptLate(sending);
					sending.answer = Acceptance.ACCEPTED;
				}
			}
			this.producers.remove(first);
			first.alsoWake = chain;
			chain = first;
		}
		return chain;
	}

	/**
	 * Calls somebody to an item, if there is one and nobody is on the way.
	 */
	@Nullable LineNode call(@Nullable LineNode wake) {
		if (this.called || this.shelf.available() == 0) {
			return wake;
		}
		ParkedNode taker = this.takers.poll();
		if (taker == null && !this.paused) {
			taker = pollSeat();
		}
		if (taker == null) {
			return wake;
		}
		taker.called = true;
		this.called = true;
		taker.alsoWake = wake;
		return taker;
	}

	private @Nullable Seat<T> pollSeat() {
		Seat<T> lingering = this.lingering;
		if (lingering == null) {
			return this.seats.poll();
		}
		if (!isComplete(lingering)) {
			return null;
		}
		this.lingering = null;
		return lingering;
	}

	/**
	 * Notes that a taker does not wait any longer, for whatever reason.
	 */
	void getUp(ParkedNode taker) {
		this.takers.remove(taker);
		arrive(taker);
	}

	void getUp(Seat<T> seat) {
		this.seats.remove(seat);
		if (seat.equals(this.lingering)) {
			this.lingering = null;
		}
		arrive(seat);
	}

	private void arrive(ParkedNode node) {
		if (node.called) {
			node.called = false;
			this.called = false;
		}
	}

	/**
	 * Notes that an element was taken by hand.
	 */
	@Nullable LineNode taken() {
		this.takenByHand++;
		return filled(null);
	}

	/**
	 * Lets others go on after items were taken.
	 */
	@Nullable LineNode filled(@Nullable LineNode wake) {
		return call(endIfDrained(admit(wake)));
	}

	/**
	 * Gives a seat items, if it is time for that.
	 */
	boolean fill(Seat<T> seat) {
		if (!this.paused && this.shelf.available() > 0 && linger(seat) <= 0) {
			this.shelf.fill(seat);
		}
		return !seat.taken.isEmpty();
	}

	/**
	 * Has a seat that was not filled stand in line.
	 * @return how long it is to wait
	 */
	long sitDown(Seat<T> seat) {
		seat.renew();
		if (!this.paused && this.shelf.available() > 0 && this.lingering == null) {
			this.lingering = seat;
			return linger(seat);
		}
		this.seats.add(seat);
		return ParkedNode.UNLIMITED;
	}

	/**
	 * Returns for how long a seat is to wait for a batch to be completed. There must be
	 * an item.
	 */
	private long linger(Seat<T> seat) {
		Entry<T> oldest = (isComplete(seat)) ? null : this.shelf.oldestAvailable();
		return (oldest != null) ? oldest.acceptedAt + seat.lingerNanos - this.timer.nanoTime() : 0;
	}

	private boolean isComplete(Seat<T> seat) {
		return seat.lingerNanos == 0 || this.shelf.available() >= seat.batchSize || isFull()
				|| this.state != WorkQueueStats.State.OPEN;
	}

	/**
	 * Has a seat be left as soon as it has settled its items.
	 */
	@Nullable LineNode retire(Seat<T> seat) {
		seat.retired = true;
		return (this.seats.remove(seat) || seat.equals(this.lingering)) ? seat : null;
	}

	@Nullable LineNode settle(Seat<T> seat) {
		int count = seat.taken.size();
		if (count == 0) {
			return null;
		}
		for (Entry<T> entry : seat.taken) {
			this.shelf.release(entry);
		}
		seat.taken.clear();
		return settle(count, null);
	}

	@Nullable LineNode settle(int count, @Nullable LineNode wake) {
		this.unfinished -= count;
		return (this.unfinished == 0) ? endIfDrained(wakeAll(this.joiners, wake)) : wake;
	}

	/**
	 * Wakes those who wait for items if there will be no more, and those who wait for the
	 * last one to be done.
	 */
	@Nullable LineNode endIfDrained(@Nullable LineNode wake) {
		if (!isEnded()) {
			return wake;
		}
		LineNode chain = (this.unfinished == 0) ? wakeAll(this.heirs, wake) : wake;
		chain = wakeAll(this.seats, wakeAll(this.takers, chain));
		if (this.lingering != null) {
			this.lingering.alsoWake = chain;
			chain = this.lingering;
			this.lingering = null;
		}
		return chain;
	}

	@Nullable LineNode refuseProducers() {
		for (LineNode node = this.producers.first(); node != null; node = node.next) {
			((Producer) node).answer = Acceptance.CLOSED;
		}
		return wakeAll(this.producers, null);
	}

	private static <N extends LineNode> @Nullable LineNode wakeAll(Line<N> line, @Nullable LineNode wake) {
		LineNode chain = wake;
		for (N node = line.poll(); node != null; node = line.poll()) {
			node.alsoWake = chain;
			chain = node;
		}
		return chain;
	}

	/**
	 * Has all elements be entries from now on.
	 */
	void requireEntries() {
		if (this.form == ElementForm.ANY) {
			long now = this.timer.nanoTime();
			this.shelf.entriesOnly((element) -> toEntry(element, now));
			for (LineNode node = this.producers.first(); node != null; node = node.next) {
				Producer producer = (Producer) node;
				producer.element = toEntry(producer.element, now);
			}
			this.form = ElementForm.ENTRY;
		}
	}

	private Object toEntry(Object element, long now) {
		return (element instanceof Entry) ? element : new Entry<T>(Entry.itemOf(element), null, Deadline.none(), now);
	}

	/**
	 * Has all entries have a key from now on.
	 * @return those that have been accepted, or wait for room, without one
	 */
	List<Entry<T>> requireKeys() {
		requireEntries();
		this.form = ElementForm.KEYED_ENTRY;
		List<Entry<T>> entries = new ArrayList<>(this.shelf.stored());
		for (LineNode node = this.producers.first(); node != null; node = node.next) {
			entries.add(entry(((Producer) node).element));
		}
		entries.removeIf((entry) -> entry.keyed);
		return entries;
	}

	@SuppressWarnings("unchecked") // see ElementForm
	Entry<T> entry(Object element) {
		return (Entry<T>) element;
	}

}
