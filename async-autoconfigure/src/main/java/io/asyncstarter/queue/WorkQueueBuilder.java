package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Builds a {@link WorkQueue}. Instances are not safe for use by multiple threads.
 *
 * @param <T> the type of the items
 * @since 0.1.0
 */
public final class WorkQueueBuilder<T> {

	static final int DEFAULT_CAPACITY = 1000;

	final String name;

	final List<WorkQueueListener> listeners = new ArrayList<>();

	int capacity = DEFAULT_CAPACITY;

	QueueOverloadPolicy overloadPolicy = QueueOverloadPolicy.WAIT;

	long maxWaitNanos = ParkedNode.UNLIMITED;

	boolean carryContext;

	boolean carryDeadline;

	@Nullable ToLongFunction<? super T> rank;

	@Nullable DeadLetterHandler<T> deadLetterHandler;

	@Nullable WorkQueue<? super DeadLetter<T>> deadLetterQueue;

	DeadlineTimer timer = DeadlineTimer.shared();

	private boolean lastInFirstOut;

	private boolean measured;

	@Nullable WorkObserver observer;

	WorkQueueBuilder(String name) {
		Assert.hasText(name, "'name' must not be empty");
		this.name = name;
	}

	static void requireCapacity(int capacity) {
		Assert.isTrue(capacity > 0, () -> "'capacity' must be at least 1 but was %d".formatted(capacity));
	}

	/**
	 * Sets how many items may wait.
	 * @param capacity the number of items, at least 1
	 * @return this builder
	 */
	public WorkQueueBuilder<T> capacity(int capacity) {
		requireCapacity(capacity);
		this.capacity = capacity;
		return this;
	}

	/**
	 * Lets any number of items wait. Then nothing holds producers back, and the queue
	 * takes as much memory as they put into it.
	 * @return this builder
	 */
	public WorkQueueBuilder<T> unbounded() {
		this.capacity = Integer.MAX_VALUE;
		return this;
	}

	/**
	 * Sets what happens with an item when there is no room; its producer waits by
	 * default.
	 * @param overloadPolicy the policy
	 * @return this builder
	 */
	public WorkQueueBuilder<T> whenFull(QueueOverloadPolicy overloadPolicy) {
		Assert.notNull(overloadPolicy, "'overloadPolicy' must not be null");
		this.overloadPolicy = overloadPolicy;
		return this;
	}

	/**
	 * Sets how long producers wait for room with {@link QueueOverloadPolicy#WAIT}; as
	 * long as it takes by default, and never past their deadline.
	 * @param maxWait the time; zero refuses at once
	 * @return this builder
	 */
	public WorkQueueBuilder<T> maxWait(Duration maxWait) {
		Assert.notNull(maxWait, "'maxWait' must not be null");
		Assert.isTrue(!maxWait.isNegative(), () -> "'maxWait' must not be negative but was " + maxWait);
		this.maxWaitNanos = Nanos.of(maxWait);
		return this;
	}

	/**
	 * Hands out the item that came last first.
	 * @return this builder
	 */
	public WorkQueueBuilder<T> lastInFirstOut() {
		this.lastInFirstOut = true;
		this.rank = null;
		return this;
	}

	/**
	 * Hands out the item of the lowest rank first, and of those with the same rank the
	 * one that came first.
	 * @param rank gives the rank of an item; called once for each, on its producer's
	 * thread
	 * @return this builder
	 */
	public WorkQueueBuilder<T> lowestFirst(ToLongFunction<? super T> rank) {
		Assert.notNull(rank, "'rank' must not be null");
		this.rank = rank;
		this.lastInFirstOut = false;
		return this;
	}

	/**
	 * Sets whether items are processed with what is bound to their producer's thread; see
	 * {@link io.asyncstarter.context.TaskContext}. They are not by default. Batches have
	 * several producers, and none of their contexts.
	 * @param carryContext whether they are
	 * @return this builder
	 */
	public WorkQueueBuilder<T> carryContext(boolean carryContext) {
		this.carryContext = carryContext;
		return this;
	}

	/**
	 * Sets whether the deadline of its producer is that of an item: whoever processes it
	 * is interrupted then, and if it has passed before, the item becomes a dead letter at
	 * once. It is not by default. A batch is not interrupted for the deadline of an item.
	 * @param carryDeadline whether it is
	 * @return this builder
	 */
	public WorkQueueBuilder<T> carryDeadline(boolean carryDeadline) {
		this.carryDeadline = carryDeadline;
		return this;
	}

	/**
	 * Sets whether it is known how long each item waits. That is so anyway as soon as
	 * there are managed consumers; a queue whose consumers are made by hand does without
	 * by default, since it takes longer than all the rest.
	 * @param measured whether it is
	 * @return this builder
	 */
	public WorkQueueBuilder<T> measured(boolean measured) {
		this.measured = measured;
		return this;
	}

	/**
	 * Sets who gets the items that are given up. By default they are logged as errors.
	 * @param handler the handler
	 * @return this builder
	 */
	public WorkQueueBuilder<T> deadLetters(DeadLetterHandler<T> handler) {
		Assert.notNull(handler, "'handler' must not be null");
		this.deadLetterHandler = handler;
		this.deadLetterQueue = null;
		return this;
	}

	/**
	 * Sets the queue that gets the items that are given up. If it is full, its overload
	 * policy holds for the consumer whose item failed; an item that was dropped finds
	 * room there at once, or is logged.
	 * @param queue the queue, which is to be drained after this one
	 * @return this builder
	 */
	public WorkQueueBuilder<T> deadLetters(WorkQueue<? super DeadLetter<T>> queue) {
		Assert.notNull(queue, "'queue' must not be null");
		this.deadLetterQueue = queue;
		this.deadLetterHandler = null;
		return this;
	}

	/**
	 * Adds a listener.
	 * @param listener the listener
	 * @return this builder
	 */
	public WorkQueueBuilder<T> listener(WorkQueueListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.listeners.add(listener);
		return this;
	}

	/**
	 * Sets the source of time and of time-outs; for tests.
	 * @param timer the timer
	 * @return this builder
	 */
	public WorkQueueBuilder<T> timer(DeadlineTimer timer) {
		Assert.notNull(timer, "'timer' must not be null");
		this.timer = timer;
		return this;
	}

	/**
	 * Sets who is told of each item, or batch, while it is being processed; nobody by
	 * default. An item belongs to what its producer worked for if the queue
	 * {@linkplain #carryContext carries the context}.
	 * @param observer the observer, or {@code null} for none
	 * @return this builder
	 */
	public WorkQueueBuilder<T> observer(@Nullable WorkObserver observer) {
		this.observer = observer;
		return this;
	}

	/**
	 * Builds the queue. It has no consumers.
	 * @return the queue
	 */
	public WorkQueue<T> build() {
		return new WorkQueue<>(this);
	}

	ItemStore store() {
		if (this.rank != null) {
			return new ItemStore.Priority();
		}
		return (this.lastInFirstOut) ? new ItemStore.Lifo() : new ItemStore.Fifo();
	}

	/**
	 * Returns whether more is to be known of an item than the item itself.
	 */
	boolean needsEntries() {
		return this.measured || this.carryContext || this.carryDeadline || this.rank != null
				|| this.overloadPolicy == QueueOverloadPolicy.DROP_OLDEST;
	}

}
