package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.queue.QueueClosedException;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;

/**
 * Producers, consumers, and a bounded queue between them.
 */
@Component
class E1Backpressure implements Pattern {

	private static final String BOUNDED = "bounded";

	private static final String UNBOUNDED = "unbounded";

	private final BoundedExecutors executors;

	private final WorkQueue<?> parcels;

	E1Backpressure(BoundedExecutors executors, @Qualifier("parcels") WorkQueue<?> parcels) {
		this.executors = executors;
		this.parcels = parcels;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E1", "Producer, consumer and backpressure")
			.summary("""
					Producers put items into a queue that holds only so many; consumers take them out. Once it is \
					full, put waits: the producers go at the pace of the consumers, and memory stays what it is. \
					Look at the producers' lanes, and then at those of an unbounded queue.""")
			.useWhen("""
					Items come at another pace than they can be worked on. Give the queue a small capacity: it is \
					there to even out bursts, and each item in it waits. Where nobody may wait, refuse or drop \
					(when-full), but do not leave out the bound.""")
			.yaml("async.queues.parcels")
			.docs("queues")
			.asyncio("Queue(maxsize), join", """
					queue = asyncio.Queue(maxsize=5)

					async def producer():
					    await queue.put(make())  # waits for room

					async def consumer():
					    while True:
					        item = await queue.get()
					        await process(item)
					        queue.task_done()

					await queue.join()
					""")
			.parameter(Parameter.number("items", 40, 1, 300, "Items that are made, by all producers together"))
			.parameter(Parameter.number("producers", 2, 1, 20, "Producers"))
			.parameter(Parameter.number("consumers", 3, 1, 20, "Consumers"))
			.parameter(Parameter.number("capacity", this.parcels.getCapacity(), 1, 100, "How many items may wait"))
			.parameter(Parameter.millis("making", 10, 0, 500, "How long it takes to make an item"))
			.parameter(Parameter.millis("processing", 80, 0, 500, "How long it takes to process one"))
			.parameter(Parameter.choice("queue", "What is between them", BOUNDED, UNBOUNDED))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		// async.queues.parcels, with the numbers of this run
		WorkQueue<Integer> queue = run.choice("queue").equals(BOUNDED)
				? WorkQueue.<Integer>builder("parcels").capacity(run.number("capacity")).build()
				: WorkQueue.<Integer>builder("parcels").unbounded().build();
		Counts counts = new Counts(run.number("items"));
		try {
			List<Future<?>> consumers = new ArrayList<>();
			for (int i = 1; i <= run.number("consumers"); i++) {
				Lane lane = run.lane("consumers", "consumer " + i);
				consumers.add(run.submit(this.executors.get("io"), () -> consume(run, queue, lane, counts)));
			}
			List<Future<?>> producers = new ArrayList<>();
			for (int i = 1; i <= run.number("producers"); i++) {
				Lane lane = run.lane("producers", "producer " + i);
				producers.add(run.submit(this.executors.get("io"), () -> produce(run, queue, lane, counts)));
			}
			for (Future<?> producer : producers) {
				producer.get();
			}
			run.mark("all accepted");
			long leftToDo = queue.unfinished();
			queue.join();
			run.mark("all done");
			int processed = counts.processed.get();
			queue.close();
			for (Future<?> consumer : consumers) {
				consumer.get();
			}
			// end::run[]
			return result(run, counts, leftToDo, processed);
			// tag::run[]
		}
		finally {
			queue.shutdownNow();
		}
	}

	private static int produce(PatternRun run, WorkQueue<Integer> queue, Lane lane, Counts counts) throws Exception {
		return lane.track(() -> {
			int made = 0;
			for (Integer item = counts.toMake.poll(); item != null; item = counts.toMake.poll()) {
				lane.running("makes " + item);
				LockSupport.parkNanos(run.millis("making").toNanos());
				lane.waiting("puts " + item);
				long start = System.nanoTime();
				queue.put(item);
				counts.accepted(run, queue, System.nanoTime() - start);
				made++;
			}
			return made;
		});
	}

	private static int consume(PatternRun run, WorkQueue<Integer> queue, Lane lane, Counts counts) throws Exception {
		return lane.track(() -> {
			int processed = 0;
			try {
				while (true) {
					lane.idle();
					int item = queue.take();
					counts.draw(run, queue);
					lane.running("item " + item);
					LockSupport.parkNanos(run.millis("processing").toNanos());
					counts.processed.incrementAndGet();
					queue.done();
					processed++;
				}
			}
			catch (QueueClosedException ex) {
				// there is nothing more to do
				return processed;
			}
		});
	}
	// end::run[]

	private static RunResult result(PatternRun run, Counts counts, long leftToDo, int processed) {
		int items = run.number("items");
		int capacity = run.number("capacity");
		int ahead = capacity + run.number("consumers");
		boolean bounded = run.choice("queue").equals(BOUNDED);
		Duration waited = Duration.ofNanos(counts.waited.get());
		Duration longest = Duration.ofNanos(counts.longestWait.get());
		RunResult.Builder result = RunResult.builder()
			.headline("%d items, never more than %d in the queue; producers waited %s, %s at most for one put"
				.formatted(processed, counts.deepest.get(), Timings.text(waited), Timings.text(longest)))
			.count("most items in the queue", counts.deepest.get())
			.count("items that were not done when the last one was accepted", leftToDo)
			.time("all waits of producers", waited)
			.time("longest wait of a producer", longest)
			.proof("join returns when all are done", "%d of %d".formatted(processed, items), processed == items);
		if (bounded) {
			return result
				.proof("Never more in the queue than its capacity",
						"%d of %d".formatted(counts.deepest.get(), capacity), counts.deepest.get() <= capacity)
				.proof("Producers are held back: never more accepted and not done than capacity and consumers",
						"%d of %d".formatted(counts.mostAhead.get(), ahead), counts.mostAhead.get() <= ahead)
				.build();
		}
		return result
			.proof("Nothing holds producers back", counts.held.get() + " had to wait for room", counts.held.get() == 0)
			.build();
	}

	/**
	 * What was seen of the queue.
	 */
	private static final class Counts {

		private final Queue<Integer> toMake;

		private final AtomicInteger processed = new AtomicInteger();

		private final AtomicInteger deepest = new AtomicInteger();

		private final AtomicInteger held = new AtomicInteger();

		private final AtomicLong mostAhead = new AtomicLong();

		private final AtomicLong waited = new AtomicLong();

		private final AtomicLong longestWait = new AtomicLong();

		private Counts(int items) {
			this.toMake = new ConcurrentLinkedQueue<>(IntStream.rangeClosed(1, items).boxed().toList());
		}

		void accepted(PatternRun run, WorkQueue<?> queue, long waitNanos) {
			this.waited.addAndGet(waitNanos);
			this.longestWait.accumulateAndGet(waitNanos, Math::max);
			this.mostAhead.accumulateAndGet(queue.unfinished(), Math::max);
			draw(run, queue);
		}

		void draw(PatternRun run, WorkQueue<?> queue) {
			int depth = queue.size();
			int waiting = queue.getStats().waitingProducers();
			this.deepest.accumulateAndGet(depth, Math::max);
			this.held.accumulateAndGet(waiting, Math::max);
			if (run.choice("queue").equals(BOUNDED)) {
				run.gauge("items in the queue", depth, run.number("capacity"));
			}
			else {
				run.gauge("items in the queue", depth);
			}
			run.gauge("producers that wait for room", waiting);
		}

	}

}
