package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import io.asyncstarter.queue.Delivery;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * Batches that are taken when they are full, or old enough.
 */
@Component
class E6BatchesBySizeAndTime implements Pattern {

	private static final String KEY = "async.queues.readings";

	private static final String CHART = "readings";

	private final WorkQueue<?> readings;

	private final int size;

	private final Duration linger;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	E6BatchesBySizeAndTime(@Qualifier("readings") WorkQueue<?> readings, @Value("${" + KEY + ".batch-size}") int size,
			@Value("${" + KEY + ".batch-linger}") Duration linger, UpstreamClient upstream, UpstreamLoad load) {
		this.readings = readings;
		this.size = size;
		this.linger = linger;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E6", "Batches by size and by time")
			.summary("""
					Items that come one by one are processed together: a batch is taken when it is full, or when its \
					oldest item has waited long enough, whichever comes first. So a flood makes full batches, and a \
					trickle is not kept waiting. Items wait in the queue, where they count.""")
			.useWhen("""
					One call for many items is cheaper than many calls: bulk inserts, metrics, log lines. The linger \
					time is what an item may be late for that. For items that are all there already, see B10.""")
			.yaml(KEY)
			.docs("queues")
			.asyncio("batch processor", """
					batch = [await queue.get()]
					deadline = loop.time() + linger
					while len(batch) < size:
					    left = deadline - loop.time()
					    try:
					        batch.append(await asyncio.wait_for(
					            queue.get(), left))
					    except TimeoutError:
					        break
					await store(batch)
					""")
			.parameter(Parameter.number("flood", 80, 1, 500, "Items that come at once"))
			.parameter(Parameter.number("trickle", 12, 1, 50, "Items that come one by one after that"))
			.parameter(Parameter.millis("every", 60, 1, 500, "How long until the next of these"))
			.parameter(Parameter.number("size", this.size, 2, 100, "How many items make a full batch"))
			.parameter(Parameter.millis("linger", (int) this.linger.toMillis(), 1, 2000,
					"How long an item waits for others"))
			.parameter(Parameter.millis("latency", 50, 1, 1000, "How long the upstream takes for a batch"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		// async.queues.readings, with the numbers of this run
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("readings").capacity(this.readings.getCapacity()).build();
		List<Batch> batches = new CopyOnWriteArrayList<>();
		AtomicInteger stored = new AtomicInteger();
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls to the upstream", now))) {
			for (int i = 1; i <= run.number("flood"); i++) {
				queue.put(i);
			}
			run.plot(CHART, "came in", Shape.STEPS, run.number("flood"));
			queue.consumers().batch(run.number("size"), run.millis("linger")).forEachDeliveryBatch((deliveries) -> {
				batches.add(store(run, queue, batches.size() + 1, deliveries));
				run.plot(CHART, "stored", Shape.STEPS, stored.addAndGet(deliveries.size()));
				return null;
			});
			queue.join();
			run.mark("the flood is stored");

			for (int i = 1; i <= run.number("trickle"); i++) {
				queue.put(run.number("flood") + i);
				run.plot(CHART, "came in", Shape.STEPS, run.number("flood") + i);
				LockSupport.parkNanos(run.millis("every").toNanos());
			}
			queue.join();
			run.mark("the trickle is stored");

			// the last ones wait for nobody: the queue is closed
			queue.put(run.number("flood") + run.number("trickle") + 1);
			queue.close();
			queue.join();
			// end::run[]
			return result(run, batches, atUpstream.served());
			// tag::run[]
		}
		finally {
			queue.shutdownNow();
		}
	}

	private Batch store(PatternRun run, WorkQueue<Integer> queue, int number, List<Delivery<Integer>> deliveries)
			throws Exception {
		Duration waited = deliveries.getFirst().waited();
		String why = (deliveries.size() >= run.number("size")) ? "full"
				: (waited.compareTo(run.millis("linger")) >= 0) ? "old enough" : queue.isClosed() ? "the last" : "?";
		run.lane("", "batch of %d, %s".formatted(deliveries.size(), why))
			.call(() -> this.upstream.item(UpstreamRequest.of(run.id(), number).latency(run.millis("latency"))));
		return new Batch(deliveries.size(), waited, why);
	}
	// end::run[]

	private static RunResult result(PatternRun run, List<Batch> batches, int calls) {
		int items = run.number("flood") + run.number("trickle") + 1;
		int size = run.number("size");
		List<List<Object>> rows = new ArrayList<>();
		for (int i = 0; i < batches.size(); i++) {
			Batch batch = batches.get(i);
			rows.add(List.of(i + 1, batch.size(), batch.why(), Timings.text(batch.waited())));
		}
		int stored = batches.stream().mapToInt(Batch::size).sum();
		long full = count(batches, "full");
		long old = count(batches, "old enough");
		return RunResult.builder()
			.headline("%d items in %d calls: %d batches were full, %d old enough, %d the last".formatted(stored, calls,
					full, old, count(batches, "the last")))
			.figure("calls, one for each batch", calls, "", "calls")
			.figure("calls, were there one for each item", items, "", "calls")
			.table("Batches", List.of("batch", "items", "taken because it was", "its oldest item waited"), rows)
			.proof("The flood makes full batches", "%d full".formatted(full), full >= run.number("flood") / size)
			.proof("The trickle is taken by time", "%d old enough".formatted(old),
					old >= 1 || run.number("trickle") + run.number("flood") % size >= size)
			.proof("Each batch is full, old enough or the last", count(batches, "?") + " others",
					count(batches, "?") == 0)
			.proof("No batch is larger than it may be",
					"%d of %d".formatted(batches.stream().mapToInt(Batch::size).max().orElse(0), size),
					batches.stream().allMatch((batch) -> batch.size() <= size))
			.proof("Every item is in one batch", "%d of %d".formatted(stored, items), stored == items)
			.build();
	}

	private static long count(List<Batch> batches, String why) {
		return batches.stream().filter((batch) -> batch.why().equals(why)).count();
	}

	private record Batch(int size, Duration waited, String why) {

	}

}
