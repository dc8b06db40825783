package io.asyncstarter.benchmarks.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.queue.WorkQueue;

/**
 * The ways to have items processed by a number of consumers, on virtual threads.
 */
public enum QueueProcessingContender {

	/**
	 * Consumers of a {@link WorkQueue}.
	 */
	WORK_QUEUE {

		@Override
		void process(int capacity, int consumers, int items, Blackhole blackhole) throws InterruptedException {
			WorkQueue<Integer> queue = WorkQueue.<Integer>builder("benchmark").capacity(capacity).build();
			queue.consumers().count(consumers).forEach(blackhole::consume);
			putAll(queue, items);
		}

	},

	/**
	 * Consumers of a {@link WorkQueue} that take batches of 50.
	 */
	WORK_QUEUE_BATCHES {

		@Override
		void process(int capacity, int consumers, int items, Blackhole blackhole) throws InterruptedException {
			WorkQueue<Integer> queue = WorkQueue.<Integer>builder("benchmark").capacity(capacity).build();
			queue.consumers().count(consumers).batch(BATCH, Duration.ofMillis(1)).forEachBatch(blackhole::consume);
			putAll(queue, items);
		}

	},

	/**
	 * Threads that take from an {@link ArrayBlockingQueue}.
	 */
	ARRAY_BLOCKING_QUEUE {

		@Override
		void process(int capacity, int consumers, int items, Blackhole blackhole) throws InterruptedException {
			byThreads(capacity, consumers, items, (queue, done) -> {
				while (true) {
					blackhole.consume(queue.take());
					done.countDown();
				}
			});
		}

	},

	/**
	 * Threads that drain up to 50 items from an {@link ArrayBlockingQueue}.
	 */
	ARRAY_BLOCKING_QUEUE_BATCHES {

		@Override
		void process(int capacity, int consumers, int items, Blackhole blackhole) throws InterruptedException {
			byThreads(capacity, consumers, items, (queue, done) -> {
				while (true) {
					List<Integer> batch = new ArrayList<>(BATCH);
					batch.add(queue.take());
					queue.drainTo(batch, BATCH - 1);
					blackhole.consume(batch);
					batch.forEach((item) -> done.countDown());
				}
			});
		}

	},

	/**
	 * A sink of Reactor, whose producer tries again when there is no room, and rails.
	 */
	REACTOR_SINK {

		@Override
		void process(int capacity, int consumers, int items, Blackhole blackhole) throws InterruptedException {
			Scheduler scheduler = Schedulers.newParallel("benchmark", consumers);
			CountDownLatch done = new CountDownLatch(items);
			Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(capacity));
			sink.asFlux().parallel(consumers, 1).runOn(scheduler, 1).subscribe((item) -> {
				blackhole.consume(item);
				done.countDown();
			});
			for (int i = 0; i < items; i++) {
				while (sink.tryEmitNext(i) != Sinks.EmitResult.OK) {
					Thread.onSpinWait();
				}
			}
			done.await();
			scheduler.dispose();
		}

	};

	private static final int BATCH = 50;

	/**
	 * Processes items, and returns when the last one has been.
	 */
	abstract void process(int capacity, int consumers, int items, Blackhole blackhole) throws InterruptedException;

	private static void putAll(WorkQueue<Integer> queue, int items) throws InterruptedException {
		for (int i = 0; i < items; i++) {
			queue.put(i);
		}
		queue.close();
		queue.join();
	}

	private static void byThreads(int capacity, int consumers, int items, Consumer consumer)
			throws InterruptedException {
		BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(capacity);
		CountDownLatch done = new CountDownLatch(items);
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < consumers; i++) {
				executor.execute(() -> {
					try {
						consumer.run(queue, done);
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				});
			}
			for (int i = 0; i < items; i++) {
				queue.put(i);
			}
			done.await();
			executor.shutdownNow();
		}
	}

	/**
	 * What a consuming thread does.
	 */
	private interface Consumer {

		void run(BlockingQueue<Integer> queue, CountDownLatch done) throws InterruptedException;

	}

}
