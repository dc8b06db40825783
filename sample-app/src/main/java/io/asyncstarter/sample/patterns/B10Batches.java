package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpServerErrorException;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.LaneCounts;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Tasks;

/**
 * Batches.
 */
@Component
class B10Batches implements Pattern {

	private final Tasks tasks;

	private final UpstreamClient upstream;

	B10Batches(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B10", "Batches")
			.summary("""
					Items are put together, so many in a batch, and so many batches are worked on at a time. A new \
					batch begins as soon as one has ended: nobody waits for the slowest of a round. Results are in \
					the order of the batches.""")
			.useWhen("""
					One call for a hundred items is cheaper than a hundred calls: bulk inserts, bulk requests. For \
					items that come over time, a queue makes batches by size and by time (E6).""")
			.docs("tasks")
			.asyncio("process in batches", """
					# in rounds: each waits for its slowest
					for batch in itertools.batched(items, size):
					    await asyncio.gather(
					        *(process(item) for item in batch))
					""")
			.parameter(Parameter.number("items", 95, 1, 2000, "How many items"))
			.parameter(Parameter.number("size", 10, 1, 500, "How many in a batch"))
			.parameter(Parameter.number("limit", 3, 1, 50, "How many batches at a time"))
			.parameter(Parameter.millis("latency", 120, 1, 2000, "How long the upstream takes for a batch"))
			.parameter(Parameter.flag("failing", false, "Whether the third batch fails"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		List<Integer> items = IntStream.rangeClosed(1, run.number("items")).boxed().toList();
		ConcurrentLinkedQueue<Batch> ended = new ConcurrentLinkedQueue<>();
		AtomicInteger atWork = new AtomicInteger();
		List<Integer> sizes = List.of();
		boolean failed = false;
		long start = System.nanoTime();
		try {
			sizes = this.tasks.batch(items, run.number("size"), run.number("limit"), (batch) -> {
				run.gauge("batches at work", atWork.incrementAndGet(), run.number("limit"));
				try {
					return store(run, batch, ended);
				}
				finally {
					run.gauge("batches at work", atWork.decrementAndGet(), run.number("limit"));
				}
			});
		}
		catch (HttpServerErrorException ex) {
			failed = true;
		}
		int left = atWork.get();
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]
		return result(run, sizes, List.copyOf(ended), failed, left, took);
	}

	// tag::run[]

	private int store(PatternRun run, List<Integer> batch, ConcurrentLinkedQueue<Batch> ended) throws Exception {
		int number = (batch.getFirst() - 1) / run.number("size") + 1;
		Lane lane = run.lane("", "items %d to %d".formatted(batch.getFirst(), batch.getLast()));
		UpstreamRequest request = UpstreamRequest.of(run.id(), number)
			.latency(run.millis("latency").multipliedBy(1 + number % 3))
			.failFirst((run.flag("failing") && number == 3) ? 1 : 0);
		long start = System.nanoTime();
		lane.call(() -> this.upstream.item(request));
		ended.add(new Batch(number, batch.size(), Duration.ofNanos(System.nanoTime() - start)));
		return batch.size();
	}
	// end::run[]

	private static RunResult result(PatternRun run, List<Integer> sizes, List<Batch> ended, boolean failed, int left,
			Duration took) {
		int items = run.number("items");
		int size = run.number("size");
		int batches = Math.ceilDiv(items, size);
		LaneCounts counts = run.counts("");
		List<List<Object>> rows = new ArrayList<>();
		ended.stream()
			.sorted((one, other) -> one.number() - other.number())
			.forEach((batch) -> rows.add(List.of(batch.number(), batch.size(), Timings.text(batch.took()))));
		int most = counts.peakRunning();
		RunResult.Builder result = RunResult.builder()
			.headline("%d items in %d batches, %d at a time at most, in %s"
				.formatted(ended.stream().mapToInt(Batch::size).sum(), ended.size(), most, Timings.text(took)))
			.time("all of it", took)
			.count("most batches at once", most)
			.table("Batches", List.of("batch", "items", "took"), rows)
			.proof("Never more batches at a time than the limit", "%d of %d".formatted(most, run.number("limit")),
					most <= run.number("limit"))
			.proof("Nothing is at work when it is over", left + " at work", left == 0);
		if (run.flag("failing") && batches >= 3) {
			return result
				.proof("One that fails is thrown, and cancels the others",
						"%d failed, %d of %d done".formatted(counts.failed(), ended.size(), batches),
						failed && counts.failed() == 1 && ended.size() < batches)
				.build();
		}
		boolean full = sizes.size() == batches && sizes.stream().limit(batches - 1L).allMatch((got) -> got == size);
		int sum = sizes.stream().mapToInt(Integer::intValue).sum();
		return result.proof("Every batch but the last is full", sizes, full)
			.proof("Every item is in one batch", "%d of %d".formatted(sum, items), sum == items)
			.build();
	}

	private record Batch(int number, int size, Duration took) {

	}

}
