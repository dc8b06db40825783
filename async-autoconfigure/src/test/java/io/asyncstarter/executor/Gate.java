package io.asyncstarter.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that tasks block on until the test opens it or interrupts them.
 */
final class Gate {

	private final CountDownLatch open = new CountDownLatch(1);

	private final Semaphore arrived = new Semaphore(0);

	private final AtomicInteger arrivals = new AtomicInteger();

	private final AtomicInteger interrupted = new AtomicInteger();

	/**
	 * Blocks.
	 */
	void pass() throws InterruptedException {
		this.arrivals.incrementAndGet();
		this.arrived.release();
		try {
			this.open.await();
		}
		catch (InterruptedException ex) {
			this.interrupted.incrementAndGet();
			throw ex;
		}
	}

	/**
	 * A task that blocks, and ends when it is interrupted.
	 */
	Runnable task() {
		return () -> {
			try {
				pass();
			}
			catch (InterruptedException ex) {
				// counted
			}
		};
	}

	/**
	 * A task that blocks, and fails when it is interrupted.
	 */
	<T> Callable<T> returning(T value) {
		return () -> {
			pass();
			return value;
		};
	}

	void open() {
		this.open.countDown();
	}

	/**
	 * Waits until so many further tasks have reached the gate.
	 */
	void awaitArrivals(int count) throws InterruptedException {
		if (!this.arrived.tryAcquire(count, 20, TimeUnit.SECONDS)) {
			throw new AssertionError("Only %d tasks have reached the gate".formatted(this.arrivals.get()));
		}
	}

	int arrivals() {
		return this.arrivals.get();
	}

	int interrupted() {
		return this.interrupted.get();
	}

	/**
	 * Fills all permits of an executor with tasks that block here.
	 */
	void occupy(BoundedExecutor executor) throws InterruptedException {
		int count = executor.getMaxConcurrency();
		for (int i = 0; i < count; i++) {
			executor.execute(task());
		}
		awaitArrivals(count);
	}

	/**
	 * Fills all permits of an executor and then its queue.
	 */
	void saturate(BoundedExecutor executor) throws InterruptedException {
		occupy(executor);
		for (int i = executor.getQueueCapacity(); i > 0; i--) {
			executor.execute(task());
		}
	}

}
