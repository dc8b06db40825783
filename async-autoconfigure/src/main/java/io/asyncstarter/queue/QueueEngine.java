package io.asyncstarter.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * The machinery of a {@link WorkQueue}: takes items in, hands them out, and has threads
 * wait for either. Safe for use by multiple threads.
 *
 * @param <T> the type of the items
 */
final class QueueEngine<T> {

	/*
	 * Everything in 'state' is guarded by 'lock'. It is held for a few dozen
	 * instructions, and never while another lock is taken, a thread is woken, or anything
	 * of the user's is called but equals and hashCode of keys.
	 */

	/**
	 * How often a thread lets others go first before it parks. Most of the time that
	 * brings what it waits for, and spares it the parking and others the waking.
	 */
	private static final int YIELDS = 3;

	/**
	 * Stands for an element where there will be none.
	 */
	private static final Object END = new Object();

	private static final long FILLED = -1;

	private static final long LEAVE = -2;

	private final BriefLock lock = new BriefLock();

	private final DeadlineTimer timer;

	private final QueueState<T> state;

	QueueEngine(int capacity, ItemStore store, DeadlineTimer timer) {
		this.state = new QueueState<>(capacity, store, timer);
		this.timer = timer;
	}

	/**
	 * Offers an element.
	 * @param waiting who stands in line if there is no room, or {@code null} if nobody
	 * @return the answer; {@link Acceptance#FULL} also if somebody stands in line now
	 */
	Acceptance offer(Object element, @Nullable Producer waiting) {
		LineNode wake;
		this.lock.acquire();
		try {
			Acceptance refusal = this.state.refusal(element);
			if (refusal != null) {
				return refusal;
			}
			if (this.state.isFull()) {
				if (waiting != null) {
					this.state.producers.add(waiting);
				}
				return Acceptance.FULL;
			}
			this.state.accept(element);
			wake = this.state.call(null);
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		return Acceptance.ACCEPTED;
	}

	/**
	 * Offers an element, which takes the place of the oldest one if there is no room.
	 * @param dropped gets what had to go. It stays unfinished until it is {@link #settle
	 * settled}
	 */
	Acceptance offerDroppingOldest(Object element, List<Entry<T>> dropped) {
		LineNode wake;
		this.lock.acquire();
		try {
			Acceptance refusal = this.state.refusal(element);
			if (refusal != null) {
				return refusal;
			}
			if (this.state.isFull()) {
				dropped.add(this.state.entry(this.state.shelf.removeOldest()));
			}
			this.state.accept(element);
			wake = this.state.call(null);
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		return Acceptance.ACCEPTED;
	}

	/**
	 * Offers a dead letter to this queue, which is closed: it is accepted, whether or not
	 * there is room, as long as its source has not ended.
	 */
	Acceptance offerLate(Object element) {
		LineNode wake;
		this.lock.acquire();
		try {
			if (this.state.state != WorkQueueStats.State.CLOSED || this.state.sources == 0) {
				return Acceptance.CLOSED;
			}
			if (!this.state.form.isMetBy(element)) {
				return Acceptance.OUTDATED;
			}
			this.state.accept(element);
			wake = this.state.call(null);
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		return Acceptance.ACCEPTED;
	}

	/**
	 * Notes that the dead letters of this queue go to another one.
	 */
	void bequeath(QueueEngine<?> heir) {
		heir.change((state) -> {
			state.sources++;
			return null;
		});
		LineNode ended = new LineNode() {

			@Override
			void wake() {
				heir.change((state) -> {
					state.sources--;
					return state.endIfDrained(null);
				});
			}

		};
		change((state) -> {
			state.heirs.add(ended);
			return null;
		});
	}

	/**
	 * Puts an element for which there was no room a moment ago.
	 * @param nanos how long to wait for room
	 * @return the answer; {@link Acceptance#FULL} if there was none in time
	 * @throws InterruptedException if the thread is interrupted; the item is not in the
	 * queue then
	 */
	@SuppressWarnings("ThreadPriorityCheck") // see YIELDS
	Acceptance put(Object element, long nanos) throws InterruptedException {
		for (int i = 0; i < YIELDS; i++) {
			Thread.yield();
			Acceptance answer = offer(element, null);
			if (answer != Acceptance.FULL) {
				return answer;
			}
		}
		Producer.Parked producer = new Producer.Parked(element);
		Acceptance answer = offer(element, producer);
		if (answer != Acceptance.FULL) {
			return answer;
		}
		producer.await(nanos, this.timer);
		boolean interrupted = Thread.interrupted();
		LineNode wake;
		this.lock.acquire();
		try {
			answer = this.state.answer(producer, interrupted);
			wake = this.state.call(this.state.admit(null));
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		if (interrupted) {
			throw new InterruptedException();
		}
		return answer;
	}

	/**
	 * Leaves the line of producers.
	 * @return whether the producer was still there, so that its item is not in the queue
	 */
	boolean withdraw(Producer.Sending producer) {
		return read((state) -> state.producers.remove(producer));
	}

	/**
	 * Takes an item for somebody who says by himself when it is done.
	 * @param nanos how long to wait for it: zero for not at all,
	 * {@link ParkedNode#UNLIMITED} for no limit
	 * @return the item, or {@code null} if there was none in time or will be none
	 * @throws InterruptedException if the thread is interrupted; it has no item then
	 */
	@SuppressWarnings("ThreadPriorityCheck") // see YIELDS
	@Nullable T take(long nanos) throws InterruptedException {
		Object element = poll(null);
		for (int i = 0; element == null && nanos > 0 && i < YIELDS; i++) {
			Thread.yield();
			element = poll(null);
		}
		if (element == null && nanos > 0) {
			element = await(nanos);
		}
		return (element != null && element != END) ? Entry.itemOf(element) : null;
	}

	/**
	 * Takes an item if there is one.
	 */
	@Nullable T poll() {
		Object element = poll(null);
		return (element != null && element != END) ? Entry.itemOf(element) : null;
	}

	private @Nullable Object await(long nanos) throws InterruptedException {
		boolean timed = nanos != ParkedNode.UNLIMITED;
		long start = (timed) ? this.timer.nanoTime() : 0;
		long left = nanos;
		@Nullable Object element = null;
		while (element == null && left > 0) {
			ParkedNode node = new ParkedNode();
			element = poll(node);
			if (element == null) {
				node.await(left, this.timer);
				boolean interrupted = Thread.interrupted();
				element = getUp(node, interrupted);
				if (interrupted) {
					throw new InterruptedException();
				}
				left = (timed) ? nanos - (this.timer.nanoTime() - start) : nanos;
			}
		}
		return element;
	}

	/**
	 * Takes an element.
	 * @param waiting who stands in line if there is none, or {@code null} if nobody
	 * @return the element, {@link #END} if there will be none, or {@code null}
	 */
	private @Nullable Object poll(@Nullable ParkedNode waiting) {
		Object element;
		LineNode wake;
		this.lock.acquire();
		try {
			element = this.state.shelf.poll();
			if (element == null) {
				if (this.state.isEnded()) {
					return END;
				}
				if (waiting != null) {
					this.state.takers.add(waiting);
				}
				return null;
			}
			wake = this.state.taken();
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		return element;
	}

	/**
	 * Leaves the line of takers.
	 * @param late whether it is too late to take an element
	 */
	private @Nullable Object getUp(ParkedNode taker, boolean late) {
		Object element;
		LineNode wake;
		this.lock.acquire();
		try {
			this.state.getUp(taker);
			element = (!late) ? this.state.shelf.poll() : null;
			wake = (element != null) ? this.state.taken() : this.state.call(null);
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		return element;
	}

	/**
	 * Settles items that were taken by hand.
	 * @return whether as many were taken and not done; if not, nothing has changed
	 */
	boolean done(int count) {
		LineNode wake;
		this.lock.acquire();
		try {
			if (count > this.state.takenByHand) {
				return false;
			}
			this.state.takenByHand -= count;
			wake = this.state.settle(count, null);
		}
		finally {
			this.lock.release();
		}
		LineNode.wakeAll(wake);
		return true;
	}

	/**
	 * Settles items that were dropped.
	 */
	void settle(int count) {
		change((state) -> state.settle(count, null));
	}

	/**
	 * Settles the items that a seat has, and waits until it gets others.
	 * @return whether there may be more; if not, the seat is to be left. Returns without
	 * items if the thread was interrupted while it waited
	 */
	@SuppressWarnings("ThreadPriorityCheck") // see YIELDS
	boolean next(Seat<T> seat) {
		for (int yields = 0;; yields++) {
			long wait;
			LineNode wake;
			this.lock.acquire();
			try {
				wake = this.state.settle(seat);
				this.state.getUp(seat);
				if (seat.retired || this.state.isEnded()) {
					wait = LEAVE;
					wake = this.state.call(wake);
				}
				else if (this.state.fill(seat)) {
					wait = FILLED;
					wake = this.state.filled(wake);
				}
				else {
					wait = (yields < YIELDS) ? 0 : this.state.sitDown(seat);
					wake = this.state.call(wake);
				}
			}
			finally {
				this.lock.release();
			}
			LineNode.wakeAll(wake);
			if (wait < 0) {
				return wait == FILLED;
			}
			if (yields < YIELDS) {
				Thread.yield();
			}
			else {
				seat.await(wait, this.timer);
			}
			if (Thread.interrupted()) {
				return true;
			}
		}
	}

	/**
	 * Settles what a seat has and takes it out of use.
	 */
	void leave(Seat<T> seat) {
		change((state) -> {
			seat.retired = true;
			LineNode wake = state.settle(seat);
			state.getUp(seat);
			return state.call(wake);
		});
	}

	/**
	 * Has a seat be left as soon as it has settled its items.
	 */
	void retire(Seat<T> seat) {
		change((state) -> state.retire(seat));
	}

	/**
	 * Waits until no item is unfinished.
	 * @return whether that is so; if not, the time is up
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean join(long nanos) throws InterruptedException {
		ParkedNode node = new ParkedNode();
		boolean waiting = read((state) -> {
			if (state.unfinished > 0) {
				state.joiners.add(node);
				return true;
			}
			return false;
		});
		if (!waiting) {
			return true;
		}
		node.await(nanos, this.timer);
		if (!read((state) -> state.joiners.remove(node))) {
			return true;
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		return false;
	}

	/**
	 * Takes no more items. Those in line are refused.
	 */
	void close() {
		change((state) -> {
			LineNode wake = state.refuseProducers();
			if (state.state == WorkQueueStats.State.OPEN) {
				state.state = WorkQueueStats.State.CLOSED;
			}
			return state.call(state.endIfDrained(wake));
		});
	}

	/**
	 * Takes and hands out no more items.
	 * @return those that have not been handed out, which are settled, in the order of
	 * their acceptance
	 */
	List<T> stop() {
		List<Object> left = new ArrayList<>();
		change((state) -> {
			LineNode wake = state.refuseProducers();
			state.state = WorkQueueStats.State.STOPPED;
			left.addAll(state.shelf.removeAll());
			return state.endIfDrained(state.settle(left.size(), wake));
		});
		return left.stream().map(Entry::<T>itemOf).toList();
	}

	void setPaused(boolean paused) {
		change((state) -> {
			state.paused = paused;
			return state.call(null);
		});
	}

	void setCapacity(int capacity) {
		change((state) -> {
			state.capacity = capacity;
			return state.call(state.admit(null));
		});
	}

	/**
	 * Has all elements be entries from now on.
	 */
	void requireEntries() {
		change((state) -> {
			state.requireEntries();
			return null;
		});
	}

	/**
	 * Has all entries have a key from now on.
	 * @return those that have been accepted, or wait for room, without one
	 */
	List<Entry<T>> requireKeys() {
		return read(QueueState::requireKeys);
	}

	private void change(Function<QueueState<T>, @Nullable LineNode> change) {
		LineNode.wakeAll(read(change));
	}

	/**
	 * Does something with the state that wakes nobody.
	 */
	<R extends @Nullable Object> R read(Function<QueueState<T>, R> action) {
		this.lock.acquire();
		try {
			return action.apply(this.state);
		}
		finally {
			this.lock.release();
		}
	}

}
