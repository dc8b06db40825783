package io.asyncstarter.queue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Counts what happens in a queue and tells the listeners. Safe for use by multiple
 * threads.
 */
final class QueueCounters {

	private static final Log logger = LogFactory.getLog(WorkQueue.class);

	final LongAdder rejected = new LongAdder();

	final LongAdder succeeded = new LongAdder();

	final LongAdder failed = new LongAdder();

	final LongAdder expired = new LongAdder();

	final LongAdder dropped = new LongAdder();

	final LongAdder lostDeadLetters = new LongAdder();

	private final Stopwatch waits = new Stopwatch();

	private final Stopwatch runs = new Stopwatch();

	private final List<WorkQueueListener> listeners;

	QueueCounters(List<WorkQueueListener> listeners) {
		this.listeners = new CopyOnWriteArrayList<>(listeners);
	}

	void add(WorkQueueListener listener) {
		this.listeners.add(listener);
	}

	void rejected(WorkQueue<?> queue, boolean closed) {
		this.rejected.increment();
		tell((listener) -> listener.itemRejected(queue, closed));
	}

	void taken(WorkQueue<?> queue, long waitNanos) {
		this.waits.add(waitNanos);
		if (!this.listeners.isEmpty()) {
			tell((listener) -> listener.itemTaken(queue, waitNanos));
		}
	}

	void processed(WorkQueue<?> queue, int succeeded, int failed, long runNanos) {
		this.succeeded.add(succeeded);
		this.runs.add(runNanos);
		if (!this.listeners.isEmpty()) {
			tell((listener) -> listener.itemsProcessed(queue, succeeded, failed, runNanos));
		}
	}

	void deadLettered(WorkQueue<?> queue, DeadLetter<?> letter, boolean delivered) {
		switch (letter.reason()) {
			case FAILED -> this.failed.increment();
			case EXPIRED -> this.expired.increment();
			case DROPPED -> this.dropped.increment();
		}
		if (!delivered) {
			this.lostDeadLetters.increment();
		}
		tell((listener) -> listener.deadLettered(queue, letter, delivered));
	}

	WorkQueueStats.Times waited() {
		return this.waits.times();
	}

	WorkQueueStats.Times processed() {
		return this.runs.times();
	}

	private void tell(Consumer<WorkQueueListener> event) {
		for (WorkQueueListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				logger.error("Listener [%s] of a queue failed".formatted(listener), ex);
			}
		}
	}

	/**
	 * The sum of some times.
	 */
	private static final class Stopwatch {

		private final LongAdder count = new LongAdder();

		private final LongAdder nanos = new LongAdder();

		private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

		void add(long nanos) {
			this.count.increment();
			this.nanos.add(nanos);
			this.longest.accumulate(nanos);
		}

		WorkQueueStats.Times times() {
			return new WorkQueueStats.Times(this.count.sum(), Duration.ofNanos(this.nanos.sum()),
					Duration.ofNanos(this.longest.get()));
		}

	}

}
