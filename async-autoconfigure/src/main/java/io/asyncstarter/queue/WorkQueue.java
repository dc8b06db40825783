package io.asyncstarter.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A named queue of items that are to be processed, for any number of producers and
 * consumers. At most {@code capacity} items wait; what happens with the next one is
 * decided by the {@link QueueOverloadPolicy}.
 *
 * <h2>Producers</h2> {@link #put put} waits for room by default, which is how consumers
 * that cannot keep up hold producers back. It is interruptible, and so ends with the
 * caller's {@link Deadline}; an item whose put was interrupted is not in the queue.
 * {@link #offer offer} does not wait or only for a time, {@link #send send} waits without
 * a thread. Those who wait are let in in the order of their arrival, and nobody can take
 * the place that somebody was called to.
 *
 * <h2>Consumers</h2> Managed ones are started by {@link #consumers()}: they process items
 * or batches, retry by a policy, and what fails for good becomes a {@link DeadLetter}. A
 * consumer made by hand calls {@link #take take}, processes the item, and then says so by
 * {@link #done() done}; nothing it takes is lost or taken twice if it is interrupted
 * while it waits.
 *
 * <h2>The end</h2> {@link #join() join} waits until all accepted items are done,
 * {@link #close() close} takes no more items and lets consumers finish those that there
 * are, {@link #shutdownNow() shutdownNow} returns what has not been taken, and
 * {@link #drain drain} does all of that in order and reports. So an item that was
 * accepted is processed, or becomes a dead letter, or is returned.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @param <T> the type of the items
 * @since 0.1.0
 */
public final class WorkQueue<T> {

	private final String name;

	private final QueueOverloadPolicy overloadPolicy;

	private final long maxWaitNanos;

	private final @Nullable ToLongFunction<? super T> rank;

	private final boolean carryContext;

	private final boolean carryDeadline;

	private final DeadlineTimer timer;

	private final QueueEngine<T> engine;

	private final QueueCounters counters;

	private final DeadLetters<T> deadLetters;

	private final List<QueueConsumers<T>> consumers = new CopyOnWriteArrayList<>();

	/**
	 * Whether entries are made of items. Once true it stays so.
	 */
	private volatile boolean measured;

	private volatile @Nullable Function<? super T, ? extends @Nullable Object> key;

	private final @Nullable WorkObserver observer;

	WorkQueue(WorkQueueBuilder<T> builder) {
		this.name = builder.name;
		this.overloadPolicy = builder.overloadPolicy;
		this.maxWaitNanos = builder.maxWaitNanos;
		this.rank = builder.rank;
		this.carryContext = builder.carryContext;
		this.carryDeadline = builder.carryDeadline;
		this.timer = builder.timer;
		this.observer = builder.observer;
		this.engine = new QueueEngine<>(builder.capacity, builder.store(), builder.timer);
		this.counters = new QueueCounters(builder.listeners);
		this.deadLetters = new DeadLetters<>(this, this.counters, builder.deadLetterHandler, builder.deadLetterQueue);
		if (builder.needsEntries()) {
			measure();
		}
		if (builder.deadLetterQueue != null) {
			this.engine.bequeath(builder.deadLetterQueue.engine);
		}
	}

	/**
	 * Starts to build a queue. Without further settings it has room for
	 * {@value WorkQueueBuilder#DEFAULT_CAPACITY} items, lets producers wait for room as
	 * long as it takes, and hands items out in the order in which it took them.
	 * @param <T> the type of the items
	 * @param name the name of the queue
	 * @return the builder
	 */
	public static <T> WorkQueueBuilder<T> builder(String name) {
		return new WorkQueueBuilder<>(name);
	}

	/**
	 * Returns the name of this queue.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Puts an item into this queue. If there is no room, it waits, fails or drops the
	 * oldest item, as the overload policy says.
	 * @param item the item
	 * @throws InterruptedException if the thread is interrupted while it waits; the item
	 * is not in the queue then
	 * @throws QueueFullException if there is no room, or was none within the queue's
	 * greatest wait
	 * @throws QueueClosedException if this queue takes no more items
	 * @throws DeadlineExceededException if a deadline passed that was carried to the
	 * thread and so does not interrupt it
	 */
	public void put(T item) throws InterruptedException {
		Assert.notNull(item, "'item' must not be null");
		if (this.overloadPolicy != QueueOverloadPolicy.WAIT) {
			if (!offer(item)) {
				throw full();
			}
			return;
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		if (this.engine.offer(element(item, Deadline::current), null) != Acceptance.ACCEPTED) {
			putWhenThereIsRoom(item);
		}
	}

	private void putWhenThereIsRoom(T item) throws InterruptedException {
		long start = this.timer.nanoTime();
		if (!offer(item, this.maxWaitNanos)) {
			throw refusal(start, Deadline.current());
		}
	}

	/**
	 * Puts an item into this queue if that is possible without waiting.
	 * @param item the item
	 * @return whether the item is in the queue; not if there is no room, unless the queue
	 * drops the oldest item for it
	 * @throws QueueClosedException if this queue takes no more items
	 */
	public boolean offer(T item) {
		Assert.notNull(item, "'item' must not be null");
		Object element = element(item, Deadline::current);
		while (true) {
			Acceptance answer = tryOffer(element);
			if (answer != Acceptance.OUTDATED) {
				return isAccepted(answer);
			}
			element = element(item, Deadline::current);
		}
	}

	/**
	 * Puts a dead letter of another queue into this one, if this one was closed before
	 * that one has ended.
	 * @return whether the letter is in the queue
	 */
	boolean offerLate(T letter) {
		while (true) {
			Acceptance answer = this.engine.offerLate(element(letter, Deadline::current));
			if (answer != Acceptance.OUTDATED) {
				return answer == Acceptance.ACCEPTED;
			}
		}
	}

	/**
	 * Offers an element, for which the oldest one is dropped if need be and allowed.
	 */
	Acceptance tryOffer(Object element) {
		if (this.overloadPolicy != QueueOverloadPolicy.DROP_OLDEST) {
			return this.engine.offer(element, null);
		}
		List<Entry<T>> dropped = new ArrayList<>(1);
		Acceptance answer = this.engine.offerDroppingOldest(element, dropped);
		if (!dropped.isEmpty()) {
			this.deadLetters.dropped(dropped, getCapacity());
			this.engine.settle(dropped.size());
		}
		return answer;
	}

	/**
	 * Puts an item into this queue as soon as there is room, whatever the overload policy
	 * says of waiting.
	 * @param item the item
	 * @param timeout how long to wait for room at most; zero and less for not at all
	 * @return whether the item is in the queue
	 * @throws InterruptedException if the thread is interrupted while it waits; the item
	 * is not in the queue then
	 * @throws QueueClosedException if this queue takes no more items
	 */
	public boolean offer(T item, Duration timeout) throws InterruptedException {
		Assert.notNull(item, "'item' must not be null");
		Assert.notNull(timeout, "'timeout' must not be null");
		return (this.overloadPolicy != QueueOverloadPolicy.DROP_OLDEST) ? offer(item, Nanos.of(timeout)) : offer(item);
	}

	private boolean offer(T item, long nanos) throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Object element = element(item, Deadline::current);
		while (true) {
			Acceptance answer = this.engine.offer(element, null);
			if (answer == Acceptance.FULL && nanos > 0) {
				answer = this.engine.put(element, Math.min(nanos, Deadline.current().remainingNanos()));
			}
			if (answer != Acceptance.OUTDATED) {
				return isAccepted(answer);
			}
			element = element(item, Deadline::current);
		}
	}

	private boolean isAccepted(Acceptance answer) {
		if (answer == Acceptance.CLOSED) {
			throw closed();
		}
		if (answer == Acceptance.FULL) {
			this.counters.rejected(this, false);
		}
		return answer == Acceptance.ACCEPTED;
	}

	/**
	 * Puts an item into this queue without a thread that waits. If there is no room, this
	 * waits, fails or drops the oldest item, as the overload policy says.
	 * @param item the item
	 * @return the future, which is complete once the item is in the queue. If it is
	 * cancelled before, the item does not get there; later it cannot be cancelled. It
	 * fails as {@link #put} does, and is completed on a thread of its own if it had to
	 * wait
	 */
	public CompletableFuture<@Nullable Void> send(T item) {
		Assert.notNull(item, "'item' must not be null");
		SendFuture<T> future = new SendFuture<>(this.name);
		future.start(new Sending<>(this, item, Deadline.current(), future));
		return future;
	}

	/**
	 * Returns the operations of this queue that speak of Reactor's types. They are apart
	 * so that this class can be used, and looked at by reflection, without Reactor.
	 * @return the reactive operations
	 */
	public ReactiveWorkQueue<T> reactive() {
		return new ReactiveWorkQueue<>(this);
	}

	/**
	 * Takes an item, waiting for it if there is none. It is unfinished until
	 * {@link #done()} is called.
	 * @return the item
	 * @throws InterruptedException if the thread is interrupted while it waits; it has
	 * taken nothing then
	 * @throws QueueClosedException if there will be no more items
	 */
	public T take() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		T item = this.engine.take(ParkedNode.UNLIMITED);
		if (item == null) {
			throw new QueueClosedException(this.name);
		}
		return item;
	}

	/**
	 * Takes an item if there is one. It is unfinished until {@link #done()} is called.
	 * @return the item, or {@code null} if there is none
	 */
	public @Nullable T poll() {
		return this.engine.poll();
	}

	/**
	 * Takes an item, waiting for it for a time if there is none. It is unfinished until
	 * {@link #done()} is called.
	 * @param timeout how long to wait at most; zero and less for not at all
	 * @return the item, or {@code null} if there was none in time, or will be none
	 * @throws InterruptedException if the thread is interrupted while it waits; it has
	 * taken nothing then
	 */
	public @Nullable T poll(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		return this.engine.take(Nanos.of(timeout));
	}

	/**
	 * Says that an item is done that was taken by {@code take} or {@code poll}, whatever
	 * came of it.
	 * @throws IllegalStateException if all items that were taken are done
	 */
	public void done() {
		done(1);
	}

	/**
	 * Says that items are done that were taken by {@code take} or {@code poll}.
	 * @param items how many
	 * @throws IllegalStateException if less were taken and are not done; then nothing has
	 * changed
	 */
	public void done(int items) {
		Assert.isTrue(items > 0, () -> "'items' must be at least 1 but was %d".formatted(items));
		if (!this.engine.done(items)) {
			throw new IllegalStateException(
					"Queue '%s' has not handed out %d more items than are done by hand".formatted(this.name, items));
		}
	}

	/**
	 * Starts to describe consumers that take items from this queue and process them.
	 * @return the builder
	 */
	public QueueConsumers.Builder<T> consumers() {
		return new QueueConsumers.Builder<>(this);
	}

	/**
	 * Returns the consumers that were started and have not ended.
	 * @return the consumers, unmodifiable
	 */
	public List<QueueConsumers<T>> getConsumers() {
		return List.copyOf(this.consumers);
	}

	/**
	 * Has managed consumers take no more items until {@link #resume()}; what they have
	 * taken they process. Items are accepted as before, and {@code take} and {@code poll}
	 * work.
	 */
	public void pause() {
		this.engine.setPaused(true);
	}

	/**
	 * Has managed consumers take items again.
	 */
	public void resume() {
		this.engine.setPaused(false);
	}

	/**
	 * Returns whether managed consumers are paused.
	 * @return whether they are
	 */
	public boolean isPaused() {
		return this.engine.<Boolean>read((state) -> state.paused);
	}

	/**
	 * Waits until no item is waiting or being processed. That is so at once if there is
	 * none.
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public void join() throws InterruptedException {
		this.engine.join(ParkedNode.UNLIMITED);
	}

	/**
	 * Waits for a time until no item is waiting or being processed.
	 * @param timeout how long to wait at most
	 * @return whether that is so; if not, the time is up
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public boolean join(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		return this.engine.join(Nanos.of(timeout));
	}

	/**
	 * Takes no more items, and refuses those whose producers wait. Consumers get the
	 * items that there are; then managed ones end, and {@code take} fails. Does not wait.
	 * If this is where the dead letters of other queues go, it still takes those, until
	 * these queues were closed and their last item is done.
	 */
	public void close() {
		this.engine.close();
	}

	/**
	 * Neither takes nor hands out any more items, and interrupts managed consumers. What
	 * these are processing ends in one way or the other: {@link #join} waits for it.
	 * @return exactly the items that were accepted and not taken, in the order of their
	 * acceptance
	 */
	public List<T> shutdownNow() {
		List<T> left = this.engine.stop();
		this.consumers.forEach(QueueConsumers::interrupt);
		return left;
	}

	/**
	 * Brings this queue to its end: it takes no more items, and consumers have the grace
	 * period to finish those that there are. Then it hands out no more, interrupts the
	 * managed consumers, and these have the cancel period. If managed consumers are
	 * paused, there is no grace period, since nothing would be processed in it.
	 * @param gracePeriod how long consumers have to end by themselves
	 * @param cancelPeriod how long they have to end after they were interrupted
	 * @return what was processed and what was not. If the thread is interrupted, both
	 * periods end at once, and the interrupt flag is set again
	 */
	public QueueDrainReport<T> drain(Duration gracePeriod, Duration cancelPeriod) {
		return new QueueDrain<>(this, gracePeriod, cancelPeriod).run();
	}

	/**
	 * Returns how many items wait.
	 * @return the number of items
	 */
	public int size() {
		return this.engine.<Integer>read((state) -> state.shelf.size());
	}

	/**
	 * Returns how many items were accepted and are not done.
	 * @return the number of items that wait or are being processed
	 */
	public long unfinished() {
		return this.engine.<Long>read((state) -> state.unfinished);
	}

	/**
	 * Returns whether this queue takes no more items.
	 * @return whether it was closed or shut down
	 */
	public boolean isClosed() {
		return this.engine.<Boolean>read((state) -> state.state != WorkQueueStats.State.OPEN);
	}

	/**
	 * Returns how many items may wait.
	 * @return the number of items, at least 1; {@link Integer#MAX_VALUE} for no bound
	 */
	public int getCapacity() {
		return this.engine.<Integer>read((state) -> state.capacity);
	}

	/**
	 * Changes how many items may wait. A higher number lets waiting producers in at once;
	 * a lower one takes no place away from an item that has it.
	 * @param capacity the number of items, at least 1
	 */
	public void setCapacity(int capacity) {
		WorkQueueBuilder.requireCapacity(capacity);
		this.engine.setCapacity(capacity);
	}

	/**
	 * Returns the limits and figures of this queue.
	 * @return the figures; those of items that wait were read in one moment
	 */
	public WorkQueueStats getStats() {
		int consumers = this.consumers.stream().mapToInt(QueueConsumers::getCount).sum();
		QueueCounters counters = this.counters;
		return this.engine.read((state) -> {
			Entry<T> oldest = state.shelf.oldest();
			return new WorkQueueStats(this.name, state.state, this.overloadPolicy, state.capacity, state.shelf.size(),
					state.unfinished - state.shelf.size(), state.producers.size(), state.takers.size(), consumers,
					state.paused, (oldest != null) ? Duration.ofNanos(this.timer.nanoTime() - oldest.acceptedAt) : null,
					state.accepted, counters.rejected.sum(), counters.succeeded.sum(), counters.failed.sum(),
					counters.expired.sum(), counters.dropped.sum(), counters.lostDeadLetters.sum(), counters.waited(),
					counters.processed());
		});
	}

	/**
	 * Returns the items that managed consumers are processing.
	 * @return the items, a snapshot
	 */
	public List<ItemInProcess<T>> getItemsInProcess() {
		return this.consumers.stream().flatMap((each) -> each.inProcess().stream()).toList();
	}

	/**
	 * Adds a listener that is told of what happens from now on.
	 * @param listener the listener
	 */
	public void addListener(WorkQueueListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.counters.add(listener);
	}

	@Override
	public String toString() {
		WorkQueueStats stats = getStats();
		return "WorkQueue '%s' [%s, %d of %d waiting, %d processing]".formatted(this.name, stats.state(), stats.size(),
				stats.capacity(), stats.processing());
	}

	/**
	 * Makes what is put into the engine of an item.
	 * @param deadline gives the producer's deadline
	 */
	Object element(T item, Supplier<Deadline> deadline) {
		Function<? super T, ? extends @Nullable Object> key = this.key;
		if (!this.measured) {
			return item;
		}
		TaskContext context = (this.carryContext) ? TaskContext.capture() : null;
		Deadline carried = (this.carryDeadline) ? deadline.get() : Deadline.none();
		long now = this.timer.nanoTime();
		Entry<T> entry = (this.rank != null)
				? new Entry.Ranked<>(item, context, carried, now, this.rank.applyAsLong(item))
				: new Entry<>(item, context, carried, now);
		if (key != null) {
			entry.key = key.apply(item);
			entry.keyed = true;
		}
		return entry;
	}

	/**
	 * Has everything be known of items that managed consumers need.
	 */
	private void measure() {
		this.measured = true;
		this.engine.requireEntries();
	}

	/**
	 * Gets ready for consumers.
	 */
	void attach(QueueConsumers<T> added, @Nullable Function<? super T, ? extends @Nullable Object> key) {
		List<QueueConsumers<T>> others = getConsumers();
		if (!others.isEmpty()
				&& (key != null || added.lingers() || others.stream().anyMatch(QueueConsumers::lingers))) {
			throw new IllegalStateException("Queue '%s' has consumers already. Several groups can share a queue only "
				.concat("if none of them waits for batches to be completed, and a key is set by the first one")
				.formatted(this.name));
		}
		measure();
		if (key != null) {
			this.key = key;
			for (Entry<T> entry : this.engine.requireKeys()) {
				entry.key = key.apply(entry.item);
				entry.keyed = true;
			}
		}
		this.consumers.add(added);
	}

	void detach(QueueConsumers<T> ended) {
		this.consumers.remove(ended);
	}

	/**
	 * Returns what says that there was no room in time.
	 * @param start when the wait began
	 * @param deadline the deadline of the one who waited
	 */
	RuntimeException refusal(long start, Deadline deadline) {
		if (!deadline.isExpired()) {
			return full();
		}
		Duration elapsed = Duration.ofNanos(this.timer.nanoTime() - start);
		return new DeadlineExceededException(this.name, elapsed, elapsed, null);
	}

	QueueFullException full() {
		WorkQueueStats stats = getStats();
		return new QueueFullException(this.name, stats.size(), stats.capacity(), stats.waitingProducers());
	}

	/**
	 * Counts a refusal and returns what says it.
	 */
	QueueClosedException closed() {
		this.counters.rejected(this, true);
		return new QueueClosedException(this.name);
	}

	/**
	 * Returns an instant of the queue's timer as one of the system's clock.
	 */
	Instant toInstant(long nanoTime) {
		return Instant.now().minusNanos(this.timer.nanoTime() - nanoTime);
	}

	@Nullable WorkObserver observer() {
		return this.observer;
	}

	QueueEngine<T> engine() {
		return this.engine;
	}

	QueueCounters counters() {
		return this.counters;
	}

	DeadLetters<T> deadLetters() {
		return this.deadLetters;
	}

	DeadlineTimer timer() {
		return this.timer;
	}

	QueueOverloadPolicy overloadPolicy() {
		return this.overloadPolicy;
	}

	long maxWaitNanos() {
		return this.maxWaitNanos;
	}

	boolean carriesContext() {
		return this.carryContext;
	}

}
