package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policy;

/**
 * Consumers of a {@link WorkQueue} that take items, one by one or in batches, and have a
 * handler process them. Each works on one thing at a time, on a virtual thread of its own
 * or as a task of a {@link BoundedExecutor} that lasts as long as the consumer.
 *
 * <h2>Failures</h2> Whatever a handler throws or its result fails with, the consumer goes
 * on. If there is a policy, it decides on further attempts; what has failed for good
 * becomes a {@link DeadLetter}. If a batch fails, the whole batch is tried again, and in
 * the end each of its items becomes a dead letter with the same cause, unless the handler
 * says by a {@link FailedItemsException} which ones it is about.
 *
 * <h2>Batches</h2> A batch is taken as soon as it is complete, its oldest item has waited
 * for the linger time, the queue is full, or it is closed. Items wait for their batch in
 * the queue, where they count, not with the consumer.
 *
 * <h2>Order</h2> With a key, items of equal keys are processed one after another in the
 * order of the queue, attempts and dead letter included, and those of different keys side
 * by side. Consumers pass over an item whose key is being processed, and are not held up
 * by it.
 *
 * <h2>Context</h2> Each item is processed with what was bound to its producer's thread if
 * the queue carries that, or with nothing bound but the context class loader of the
 * thread that started the consumers, and nothing is left for the next item.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @param <T> the type of the items
 * @since 0.1.0
 */
public final class QueueConsumers<T> {

	/*
	 * Invariants. (1) 'active' are the consumers that there are, 'ending' those that were
	 * taken out of use and have not ended. (2) 'lock' guards these and 'stopped', and is
	 * not held while a thread is interrupted or an executor is called.
	 */

	private final WorkQueue<T> queue;

	private final QueueFunction<List<Delivery<T>>> handler;

	private final @Nullable Policy policy;

	private final @Nullable BoundedExecutor executor;

	private final boolean single;

	private final int batchSize;

	private final long lingerNanos;

	/**
	 * That of the thread that described the consumers: threads that inherit nothing have
	 * the system's, which does not see a packaged application.
	 */
	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition allEnded = this.lock.newCondition();

	private final Deque<Seat<T>> active = new ArrayDeque<>();

	private final Set<Seat<T>> ending = new HashSet<>();

	private final AtomicInteger threads = new AtomicInteger();

	private boolean stopped;

	QueueConsumers(Builder<T> builder, QueueFunction<List<Delivery<T>>> handler, boolean single) {
		this.queue = builder.queue;
		this.handler = handler;
		this.policy = builder.policy;
		this.executor = builder.executor;
		this.single = single;
		this.batchSize = (single) ? 1 : builder.batchSize;
		this.lingerNanos = (single) ? 0 : builder.lingerNanos;
	}

	/**
	 * Returns the queue.
	 * @return the queue
	 */
	public WorkQueue<T> getQueue() {
		return this.queue;
	}

	/**
	 * Returns how many consumers there are.
	 * @return the number of consumers; zero after they were stopped
	 */
	public int getCount() {
		this.lock.lock();
		try {
			return this.active.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Changes how many consumers there are. A higher number starts others at once; with a
	 * lower one, some end when they have processed what they have.
	 * @param count the number of consumers; zero lets items wait
	 * @throws IllegalStateException if these consumers were stopped
	 * @throws RejectedExecutionException if the executor does not take further consumers;
	 * then there are as many as it took
	 */
	public void setCount(int count) {
		Assert.isTrue(count >= 0, () -> "'count' must not be negative but was %d".formatted(count));
		List<Seat<T>> retired = new ArrayList<>();
		List<Seat<T>> added = new ArrayList<>();
		this.lock.lock();
		try {
			if (this.stopped && count > 0) {
				throw new IllegalStateException("Consumers of queue '%s' were stopped".formatted(this.queue.getName()));
			}
			while (this.active.size() > count) {
				retired.add(this.active.removeLast());
			}
			this.ending.addAll(retired);
			while (this.active.size() < count) {
				added.add(new Seat<>(this.batchSize, this.lingerNanos));
				this.active.addLast(added.get(added.size() - 1));
			}
		}
		finally {
			this.lock.unlock();
		}
		retired.forEach(this.queue.engine()::retire);
		start(added);
	}

	private void start(List<Seat<T>> added) {
		for (int i = 0; i < added.size(); i++) {
			try {
				start(new ConsumerLoop<>(this, this.queue.engine(), added.get(i)));
			}
			catch (Throwable ex) {
				added.subList(i, added.size()).forEach(this::ended);
				throw ex;
			}
		}
	}

	/**
	 * Starts a consumer. An executor is called on a thread of its own, so that neither
	 * the context nor the deadline of the calling thread become the consumer's.
	 */
	private void start(ConsumerLoop<T> loop) {
		if (this.executor == null) {
			thread("consumer").start(loop);
			return;
		}
		BoundedExecutor executor = this.executor;
		CompletableFuture<Void> accepted = new CompletableFuture<>();
		thread("starter").start(() -> {
			try {
				executor.execute(() -> {
					// Here at once if the executor runs what it has no room for in place.
					accepted.complete(null);
					loop.run();
				});
				accepted.complete(null);
			}
			catch (Throwable ex) {
				accepted.completeExceptionally(ex);
			}
		});
		try {
			accepted.join();
		}
		catch (CompletionException ex) {
			throw new RejectedExecutionException("Executor '%s' has no room for a consumer of queue '%s'"
				.formatted(executor.getName(), this.queue.getName()), ex.getCause());
		}
	}

	private Thread.Builder thread(String role) {
		return Thread.ofVirtual()
			.name("%s-%s-%d".formatted(this.queue.getName(), role, this.threads.incrementAndGet()))
			.inheritInheritableThreadLocals(false);
	}

	/**
	 * Takes no more items. What has been taken is processed. Does not wait.
	 */
	public void stop() {
		this.lock.lock();
		try {
			this.stopped = true;
		}
		finally {
			this.lock.unlock();
		}
		setCount(0);
		detachIfEnded();
	}

	/**
	 * Waits until all consumers have ended: because these were stopped, or because the
	 * queue was closed and has no more items, or was shut down.
	 * @param timeout how long to wait at most
	 * @return whether they have; if not, the time is up
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public boolean awaitEnd(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		long left = Nanos.of(timeout);
		this.lock.lockInterruptibly();
		try {
			while (!this.active.isEmpty() || !this.ending.isEmpty()) {
				if (left <= 0) {
					return false;
				}
				left = this.allEnded.awaitNanos(left);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public String toString() {
		return "%d consumers of queue '%s'".formatted(getCount(), this.queue.getName());
	}

	Processor<T> processor() {
		return new Processor<>(this.queue, this.handler, this.policy, this.single);
	}

	@Nullable ClassLoader classLoader() {
		return this.classLoader;
	}

	boolean lingers() {
		return this.lingerNanos > 0;
	}

	/**
	 * Returns whether those who run the consumers want them to end.
	 */
	boolean isAbandoned() {
		return this.executor != null && this.executor.isShutdown();
	}

	void interrupt() {
		seats().forEach(Seat::interrupt);
	}

	/**
	 * Returns the items that are being processed.
	 */
	List<T> processing() {
		List<Seat<T>> seats = seats();
		return this.queue.engine()
			.read((state) -> seats.stream().flatMap((seat) -> seat.taken.stream()).map((entry) -> entry.item).toList());
	}

	/**
	 * Returns the items that are being processed, with what is known about that.
	 */
	List<ItemInProcess<T>> inProcess() {
		List<ItemInProcess<T>> items = new ArrayList<>();
		for (Seat<T> seat : seats()) {
			Thread thread = seat.occupant();
			List<Entry<T>> taken = this.queue.engine().read((state) -> List.copyOf(seat.taken));
			long now = this.queue.timer().nanoTime();
			taken.forEach((entry) -> items
				.add(new ItemInProcess<>(entry.item, Duration.ofNanos(Math.max(0, now - entry.acceptedAt)), thread)));
		}
		return items;
	}

	private List<Seat<T>> seats() {
		this.lock.lock();
		try {
			List<Seat<T>> seats = new ArrayList<>(this.active);
			seats.addAll(this.ending);
			return seats;
		}
		finally {
			this.lock.unlock();
		}
	}

	void ended(Seat<T> seat) {
		this.lock.lock();
		try {
			this.active.remove(seat);
			this.ending.remove(seat);
			if (this.active.isEmpty() && this.ending.isEmpty()) {
				this.allEnded.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
		detachIfEnded();
	}

	private void detachIfEnded() {
		this.lock.lock();
		try {
			if (!this.stopped || !this.active.isEmpty() || !this.ending.isEmpty()) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.queue.detach(this);
	}

	/**
	 * Builds and starts {@link QueueConsumers}. Instances are not safe for use by
	 * multiple threads.
	 *
	 * @param <T> the type of the items
	 */
	public static final class Builder<T> {

		private final WorkQueue<T> queue;

		private int count = 1;

		private int batchSize = 1;

		private long lingerNanos;

		private @Nullable Policy policy;

		private @Nullable BoundedExecutor executor;

		private @Nullable Function<? super T, ? extends @Nullable Object> key;

		Builder(WorkQueue<T> queue) {
			this.queue = queue;
		}

		/**
		 * Sets how many consumers there are at first; one by default.
		 * @param count the number of consumers; zero lets items wait until there are some
		 * @return this builder
		 */
		public Builder<T> count(int count) {
			Assert.isTrue(count >= 0, () -> "'count' must not be negative but was %d".formatted(count));
			this.count = count;
			return this;
		}

		/**
		 * Sets what is around the processing of each item or batch, its retries for
		 * example; nothing by default.
		 * @param policy the policy, or {@code null} for none
		 * @return this builder
		 */
		public Builder<T> policy(@Nullable Policy policy) {
			this.policy = policy;
			return this;
		}

		/**
		 * Sets whose tasks the consumers are; they run on virtual threads of their own by
		 * default. Each consumer is a task that lasts, and so takes one of the permits
		 * for as long: there must be as many, and no limit on how long a task runs.
		 * @param executor the executor, or {@code null} for threads of their own
		 * @return this builder
		 */
		public Builder<T> executor(@Nullable BoundedExecutor executor) {
			this.executor = executor;
			return this;
		}

		/**
		 * Has items with equal keys be processed one after another, in their order; see
		 * the type's description. Keys are compared while the queue is locked, so their
		 * {@code equals} and {@code hashCode} must be quick and must not fail.
		 * @param key gives the key of an item, or {@code null} if it has none. It is
		 * called once for each item, on its producer's thread, who gets what it throws
		 * @return this builder
		 */
		public Builder<T> key(Function<? super T, ? extends @Nullable Object> key) {
			Assert.notNull(key, "'key' must not be null");
			this.key = key;
			return this;
		}

		/**
		 * Sets how many items a batch has at most, and takes batches as soon as there is
		 * any item.
		 * @param size the number of items, at least 1
		 * @return this builder
		 */
		public Builder<T> batch(int size) {
			return batch(size, Duration.ZERO);
		}

		/**
		 * Sets how many items a batch has at most, and how long an item waits for others.
		 * @param size the number of items, at least 1
		 * @param linger the time, from when the queue took the item; zero for not at all
		 * @return this builder
		 */
		public Builder<T> batch(int size, Duration linger) {
			Assert.isTrue(size > 0, () -> "'size' must be at least 1 but was %d".formatted(size));
			Assert.notNull(linger, "'linger' must not be null");
			Assert.isTrue(!linger.isNegative(), () -> "'linger' must not be negative but was " + linger);
			this.batchSize = size;
			this.lingerNanos = Nanos.of(linger);
			return this;
		}

		/**
		 * Starts consumers that process item by item.
		 * @param handler the handler, called concurrently if there are several consumers
		 * @return the consumers
		 */
		public QueueConsumers<T> forEach(QueueConsumer<? super T> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return forEachDelivery((delivery) -> {
				handler.accept(delivery.item());
				return null;
			});
		}

		/**
		 * Starts consumers that process item by item and wait for what the handler
		 * returns.
		 * @param handler the handler, called concurrently if there are several consumers
		 * @return the consumers
		 */
		public QueueConsumers<T> forEachAsync(QueueFunction<? super T> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return forEachDelivery((delivery) -> handler.apply(delivery.item()));
		}

		/**
		 * Starts consumers that process item by item, know what is known about it, and
		 * wait for what the handler returns.
		 * @param handler the handler, called concurrently if there are several consumers
		 * @return the consumers
		 */
		public QueueConsumers<T> forEachDelivery(QueueFunction<? super Delivery<T>> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return start((deliveries) -> handler.apply(deliveries.get(0)), true);
		}

		/**
		 * Starts consumers that process batches.
		 * @param handler the handler, called concurrently if there are several consumers,
		 * with lists of at least one item, which are unmodifiable
		 * @return the consumers
		 */
		public QueueConsumers<T> forEachBatch(QueueConsumer<? super List<T>> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return forEachBatchAsync((items) -> {
				handler.accept(items);
				return null;
			});
		}

		/**
		 * Starts consumers that process batches and wait for what the handler returns.
		 * @param handler the handler, called concurrently if there are several consumers,
		 * with lists of at least one item, which are unmodifiable
		 * @return the consumers
		 */
		public QueueConsumers<T> forEachBatchAsync(QueueFunction<? super List<T>> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return forEachDeliveryBatch(
					(deliveries) -> handler.apply(deliveries.stream().map(Delivery::item).toList()));
		}

		/**
		 * Starts consumers that process batches, know what is known about their items,
		 * and wait for what the handler returns.
		 * @param handler the handler, called concurrently if there are several consumers,
		 * with lists of at least one item, which are unmodifiable
		 * @return the consumers
		 */
		public QueueConsumers<T> forEachDeliveryBatch(QueueFunction<? super List<Delivery<T>>> handler) {
			Assert.notNull(handler, "'handler' must not be null");
			return start((deliveries) -> handler.apply(Collections.unmodifiableList(deliveries)), false);
		}

		private QueueConsumers<T> start(QueueFunction<List<Delivery<T>>> handler, boolean single) {
			Assert.state(!single || this.batchSize == 1,
					() -> "A handler of single items takes no batches of %d".formatted(this.batchSize));
			QueueConsumers<T> consumers = new QueueConsumers<>(this, handler, single);
			this.queue.attach(consumers, this.key);
			consumers.setCount(this.count);
			return consumers;
		}

	}

}
