package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.eventloop.EventLoops;
import io.asyncstarter.sample.eventloop.LagProbe;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * A bounded executor for blocking calls.
 */
@Component
class A2BoundedBlockingCalls implements Pattern {

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final EventLoops eventLoops;

	A2BoundedBlockingCalls(BoundedExecutors executors, UpstreamClient upstream, UpstreamLoad load,
			EventLoops eventLoops) {
		this.executors = executors;
		this.upstream = upstream;
		this.load = load;
		this.eventLoops = eventLoops;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A2", "Bounded executor for blocking calls")
			.summary("""
					Blocking calls run on a named executor with virtual threads: at most 'max-concurrency' of them \
					at once, the others wait in line and cost no thread. The event loop never blocks, and the \
					other side never sees more calls than it was promised.""")
			.useWhen("""
					A client library blocks: JDBC, a SOAP stub, an SDK. Give every such resource an executor of its \
					own, as large as what the resource can bear. The bound can be changed while it runs: POST \
					{"maxConcurrency": 16} to /actuator/async/executors/upstream and run again.""")
			.yaml("async.executors.upstream")
			.docs("executors")
			.asyncio("to_thread / run_in_executor", """
					pool = ThreadPoolExecutor(max_workers=8)
					loop = asyncio.get_running_loop()

					items = await asyncio.gather(*(
					    loop.run_in_executor(pool, fetch, i)
					    for i in range(calls)))
					""")
			.parameter(Parameter.number("calls", 60, 1, 500, "Number of blocking calls"))
			.parameter(Parameter.millis("latency", 150, 1, 1000, "How long the upstream takes for a call"))
			.parameter(Parameter.millis("maxLag", 100, 1, 5000, "What the event loops may be late, in 99 of 100 cases"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int calls = run.number("calls");
		Duration latency = run.millis("latency");
		// async.executors.upstream: { threads: virtual, max-concurrency: 8,
		// queue-capacity: 2000 }
		BoundedExecutor executor = this.executors.get("upstream");
		int bound = executor.getMaxConcurrency();

		long start = System.nanoTime();
		try (LagProbe probe = this.eventLoops.watch(Duration.ofMillis(10));
				UpstreamWatch atUpstream = this.load.watch(run.id(),
						(now) -> run.gauge("calls at the upstream", now, executor.getMaxConcurrency()))) {
			List<Future<Item>> futures = new ArrayList<>();
			for (int i = 1; i <= calls; i++) {
				int id = i;
				futures.add(run.submit(executor, "call " + i, () -> this.upstream.item(id, latency, run.id())));
			}
			Duration handedOver = Duration.ofNanos(System.nanoTime() - start);
			for (Future<Item> future : futures) {
				future.get();
			}
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			// end::run[]

			// it may have been changed meanwhile
			bound = Math.max(bound, executor.getMaxConcurrency());
			Timings lag = probe.lag();
			Duration p99 = lag.percentile(99);
			return RunResult.builder()
				.headline("%d blocking calls in %s, never more than %d at once".formatted(calls, Timings.text(took),
						atUpstream.peak()))
				.count("calls served by the upstream", atUpstream.served())
				.count("bound of the executor", bound)
				.count("most calls at once, seen by the upstream", atUpstream.peak())
				.time("handing all calls over", handedOver, "total")
				.time("until the last one was done", took, "total")
				.figure("throughput", calls * 1e9 / took.toNanos(), "calls/s")
				.time("event-loop lag, median", lag.percentile(50), "lag")
				.time("event-loop lag, 99 %", p99, "lag")
				.time("event-loop lag, worst", lag.max(), "lag")
				.proof("Never more calls at once than the bound", "%d of %d".formatted(atUpstream.peak(), bound),
						atUpstream.peak() <= bound)
				.proof("The bound is made use of", "%d at once".formatted(atUpstream.peak()),
						atUpstream.peak() >= Math.min(calls, 2))
				.proof("Every call was served once", "%d of %d".formatted(atUpstream.served(), calls),
						atUpstream.served() == calls)
				.proof("Event loops stayed responsive",
						"99 %% of %d probes within %s".formatted(lag.count(), Timings.text(p99)),
						p99.compareTo(run.millis("maxLag")) <= 0)
				.build();
		}
	}

}
