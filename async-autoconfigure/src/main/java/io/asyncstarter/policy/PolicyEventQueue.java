package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Brings events from those to whom they happen to those who want to know, on a thread of
 * its own. Who offers an event never waits: one that finds no room is dropped and
 * counted. Safe for use by multiple threads.
 */
final class PolicyEventQueue {

	/*
	 * Invariants. (1) 'size' is at least the number of events in the queue: it is raised
	 * before an event is put in and lowered after one is taken out, so events that may be
	 * dropped never exceed the capacity. (2) One thread at a time takes events out, and
	 * parks only after it has seen the queue empty; each put is followed by an unpark, so
	 * no event is left lying while the thread sleeps. (3) 'thread' is changed by start
	 * and stop only, which are not called together.
	 */

	private static final Log logger = LogFactory.getLog(PolicyEventQueue.class);

	private final Consumer<Object> receiver;

	private final int capacity;

	private final Queue<Object> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	private final LongAdder dropped = new LongAdder();

	private volatile @Nullable Thread thread;

	private volatile boolean closing;

	private volatile boolean abandoned;

	private long reported;

	/**
	 * Creates a queue.
	 * @param capacity how many events may wait that may be dropped
	 * @param receiver gets the events; what it throws is logged
	 */
	PolicyEventQueue(int capacity, Consumer<Object> receiver) {
		this.capacity = capacity;
		this.receiver = receiver;
	}

	/**
	 * Adds an event, or drops it if there is no room.
	 */
	void offer(Object event) {
		if (this.size.incrementAndGet() > this.capacity) {
			this.size.decrementAndGet();
			this.dropped.increment();
			return;
		}
		add(event);
	}

	/**
	 * Adds an event that is never dropped.
	 */
	void put(Object event) {
		this.size.incrementAndGet();
		add(event);
	}

	private void add(Object event) {
		this.queue.add(event);
		LockSupport.unpark(this.thread);
	}

	long dropped() {
		return this.dropped.sum();
	}

	void start() {
		this.closing = false;
		this.abandoned = false;
		Thread started = Thread.ofPlatform()
			.daemon()
			.name("async-policy-events")
			.inheritInheritableThreadLocals(false)
			.unstarted(this::run);
		this.thread = started;
		started.start();
	}

	/**
	 * Delivers what is there, and ends.
	 * @param limit how long to wait for that; after it the rest is dropped
	 */
	void stop(Duration limit) {
		Thread stopped = this.thread;
		if (stopped == null) {
			return;
		}
		this.closing = true;
		LockSupport.unpark(stopped);
		try {
			if (!stopped.join(limit)) {
				abandon(stopped);
			}
		}
		catch (InterruptedException ex) {
			abandon(stopped);
			Thread.currentThread().interrupt();
		}
		this.thread = null;
	}

	private void abandon(Thread stopped) {
		this.abandoned = true;
		stopped.interrupt();
		int left = 0;
		while (this.queue.poll() != null) {
			this.size.decrementAndGet();
			left++;
		}
		this.dropped.add(left);
		logger.warn("A listener takes too long; %d policy events are dropped at shutdown".formatted(left));
	}

	private void run() {
		while (!this.abandoned) {
			Object event = this.queue.poll();
			if (event != null) {
				this.size.decrementAndGet();
				deliver(event);
				reportDropped();
			}
			else if (this.closing) {
				return;
			}
			else {
				LockSupport.park(this);
			}
		}
	}

	private void deliver(Object event) {
		try {
			this.receiver.accept(event);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			logger.warn("A listener failed on %s".formatted(event), ex);
		}
		// A listener that leaves the flag set must not keep this thread from parking.
		Thread.interrupted();
	}

	/**
	 * Says that events were dropped when that begins, and how many when it is over.
	 */
	private void reportDropped() {
		long total = dropped();
		if (total > this.reported && (this.reported == 0 || this.queue.isEmpty())) {
			logger.warn(("%d policy events were dropped so far, since listeners did not keep up; up to %d wait "
					+ "('async.policy-events.queue-capacity')")
				.formatted(total, this.capacity));
			this.reported = total;
		}
	}

}
