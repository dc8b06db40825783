package io.asyncstarter.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Pulls items from a source as results are asked for, has a function called with a
 * bounded number of them at a time, and hands out the results in the order of the source
 * or of their completion. The source is pulled on the thread that asks. Used by one
 * thread at a time; only the tasks run on others.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class MapEngine<T, R extends @Nullable Object> {

	/*
	 * Invariants. (1) 'held' counts the items that were pulled and whose result was not
	 * handed out: at most 'capacity'. (2) 'running' has those of them that are not known
	 * to be over, each at its place: at most 'limit'. (3) In order, 'line' has all that
	 * are held, in the order of the source; else those that are over, in the order of
	 * completion. (4) An item that is over is in 'over' until the consumer gets to know.
	 */

	private final MapSettings settings;

	private final Iterator<? extends T> source;

	private final TaskFunction<? super T, ? extends R> function;

	private final Starter<T, R> starter;

	private final List<MapSlot<T, R>> running = new ArrayList<>();

	private final Queue<MapSlot<T, R>> line = new ArrayDeque<>();

	private final Queue<MapSlot<T, R>> over = new ConcurrentLinkedQueue<>();

	/**
	 * The consumer, while it waits for somebody to be over and has not been woken.
	 */
	private final AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();

	private int held;

	private boolean exhausted;

	private @Nullable MapSlot<T, R> failed;

	MapEngine(MapSettings settings, Iterator<? extends T> source, TaskFunction<? super T, ? extends R> function,
			Starter<T, R> starter) {
		this.settings = settings;
		this.source = source;
		this.function = function;
		this.starter = starter;
	}

	/**
	 * Waits for the next result.
	 * @return what has the result, or the failure of any item as soon as there is one; or
	 * {@code null} if there are no more results
	 * @throws InterruptedException if the thread is interrupted
	 */
	@Nullable MapSlot<T, R> next() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		// One item a result: that keeps the tasks at their limit, and a slow source holds
		// a result back for no longer than one item takes.
		pull();
		while (true) {
			noteOver();
			MapSlot<T, R> ready = (this.failed != null) ? this.failed : pollReady();
			if (ready != null) {
				return ready;
			}
			if (!pull()) {
				if (this.held == 0) {
					return null;
				}
				awaitOver();
			}
		}
	}

	/**
	 * Pulls one more item and has it worked on, if there is room for it.
	 * @return false if there was no room, or no item
	 */
	private boolean pull() {
		if (this.exhausted || this.running.size() == this.settings.limit() || this.held == this.settings.capacity()) {
			return false;
		}
		if (!this.source.hasNext()) {
			this.exhausted = true;
			return false;
		}
		MapSlot<T, R> slot = new MapSlot<>(this.source.next(), this.function, this::over);
		this.held++;
		slot.place = this.running.size();
		this.running.add(slot);
		if (this.settings.ordered()) {
			this.line.add(slot);
		}
		this.starter.start(slot);
		return true;
	}

	/**
	 * Called by the thread that has ended the work on an item.
	 */
	private void over(MapSlot<T, R> slot) {
		this.over.add(slot);
		// Only one of those that end before the consumer is awake needs to wake it.
		if (this.waiter.get() != null) {
			LockSupport.unpark(this.waiter.getAndSet(null));
		}
	}

	private void noteOver() {
		for (MapSlot<T, R> slot = this.over.poll(); slot != null; slot = this.over.poll()) {
			noteOver(slot);
		}
	}

	private void noteOver(MapSlot<T, R> slot) {
		slot.over = true;
		MapSlot<T, R> last = this.running.removeLast();
		if (last.place != slot.place) {
			this.running.set(slot.place, last);
			last.place = slot.place;
		}
		if (!this.settings.ordered()) {
			this.line.add(slot);
		}
		if (slot.failure() != null && this.failed == null) {
			this.failed = slot;
		}
	}

	private @Nullable MapSlot<T, R> pollReady() {
		MapSlot<T, R> first = this.line.peek();
		if (first == null || !first.over) {
			return null;
		}
		this.line.remove();
		this.held--;
		return first;
	}

	private void awaitOver() throws InterruptedException {
		if (this.over.isEmpty()) {
			this.starter.help(this.running);
		}
		try {
			while (this.over.isEmpty()) {
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				this.waiter.set(Thread.currentThread());
				if (this.over.isEmpty()) {
					LockSupport.park(this);
				}
			}
		}
		finally {
			this.waiter.set(null);
		}
	}

	/**
	 * Has all tasks stop, and waits until they have ended, also if the thread is
	 * interrupted.
	 */
	void cancel() {
		this.exhausted = true;
		for (MapSlot<T, R> slot : this.running) {
			if (slot.task != null) {
				slot.task.cancel();
			}
		}
		boolean interrupted = false;
		while (!this.running.isEmpty()) {
			try {
				awaitOver();
				noteOver();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		this.line.clear();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Has items worked on.
	 *
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 */
	interface Starter<T, R extends @Nullable Object> {

		/**
		 * Has an item worked on, by another thread, or ends it with the reason why it
		 * cannot be.
		 * @param slot the item
		 */
		void start(MapSlot<T, R> slot);

		/**
		 * Called before the consumer waits: runs what waits for a place that the consumer
		 * occupies.
		 * @param running the items that are not known to be over
		 */
		void help(Collection<MapSlot<T, R>> running);

	}

}
