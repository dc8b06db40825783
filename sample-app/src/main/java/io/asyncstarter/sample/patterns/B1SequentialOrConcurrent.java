package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;

/**
 * Sequential against concurrent.
 */
@Component
class B1SequentialOrConcurrent implements Pattern {

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	B1SequentialOrConcurrent(BoundedExecutors executors, UpstreamClient upstream) {
		this.executors = executors;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B1", "Sequential against concurrent")
			.summary("""
					The same independent calls, first one after another, then all at once. One after another they \
					take the sum of their times; at once they take about as long as the slowest.""")
			.useWhen("""
					The calls do not need each other's results and spend their time waiting. Keep them in sequence \
					when each needs the one before, or when the other side could not bear them at once.""")
			.yaml("async.executors.io")
			.docs("choosing")
			.asyncio("await in a loop / gather", """
					# one after another: the sum
					items = []
					for i in range(calls):
					    items.append(await fetch(i))

					# at once: the slowest
					items = await asyncio.gather(
					    *(fetch(i) for i in range(calls)))
					""")
			.parameter(Parameter.number("calls", 12, 2, 100, "Number of calls, in each half"))
			.parameter(Parameter.millis("latency", 120, 1, 1000, "How long the upstream takes for a call"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int calls = run.number("calls");
		Duration latency = run.millis("latency");
		BoundedExecutor io = this.executors.get("io");

		run.note("One after another, on the thread of the run");
		long start = System.nanoTime();
		List<Item> oneByOne = new ArrayList<>();
		for (int i = 1; i <= calls; i++) {
			int id = i;
			oneByOne.add(run.lane("sequential", "call " + i).call(() -> this.upstream.item(id, latency, run.id())));
		}
		Duration sequential = Duration.ofNanos(System.nanoTime() - start);

		run.note("All at once, on the executor 'io'");
		start = System.nanoTime();
		List<Future<Item>> futures = new ArrayList<>();
		for (int i = 1; i <= calls; i++) {
			int id = i;
			futures.add(run.submit(io, run.lane("concurrent", "call " + i),
					() -> this.upstream.item(id, latency, run.id())));
		}
		List<Item> together = new ArrayList<>();
		for (Future<Item> future : futures) {
			together.add(future.get());
		}
		Duration concurrent = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]

		double ratio = (double) sequential.toNanos() / concurrent.toNanos();
		int sequentialPeak = run.counts("sequential").peakRunning();
		int concurrentPeak = run.counts("concurrent").peakRunning();
		return RunResult.builder()
			.headline("%d calls: %s one after another, %s at once, %.1f times as fast".formatted(calls,
					Timings.text(sequential), Timings.text(concurrent), ratio))
			.time("one after another", sequential, "total")
			.time("at once", concurrent, "total")
			.figure("ratio", ratio, "×")
			.count("most at once, sequential half", sequentialPeak)
			.count("most at once, concurrent half", concurrentPeak)
			.proof("In sequence, never two at once", sequentialPeak + " at once", sequentialPeak == 1)
			.proof("At once, calls overlap", concurrentPeak + " at once", concurrentPeak > 1)
			.proof("At once is faster", "%.1f times".formatted(ratio), ratio > 1)
			.proof("Both give the same items in the same order", together.size() + " items", together.equals(oneByOne))
			.build();
	}

}
