package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.eventloop.EventLoops;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Primes;
import io.asyncstarter.sample.upstream.UpstreamClient;

/**
 * CPU work off the event loop.
 */
@Component
class A3CpuOffTheLoop implements Pattern {

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final EventLoops eventLoops;

	A3CpuOffTheLoop(BoundedExecutors executors, UpstreamClient upstream, EventLoops eventLoops) {
		this.executors = executors;
		this.upstream = upstream;
		this.eventLoops = eventLoops;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A3", "CPU work off the loop")
			.summary("""
					Work that keeps a processor busy goes to 'cpu', an executor with one platform thread a core. \
					The event loops only hand it over, so requests are answered while every core is at work.""")
			.useWhen("""
					A step computes for more than a few milliseconds: hashing, rendering, parsing something large. \
					Not on virtual threads, which are not preempted and would starve each other; not on the event \
					loop, as the first half of this run shows.""")
			.docs("choosing")
			.asyncio("ProcessPoolExecutor", """
					pool = ProcessPoolExecutor()
					loop = asyncio.get_running_loop()

					counts = await asyncio.gather(*(
					    loop.run_in_executor(pool, primes_below, n)
					    for _ in range(jobs)))
					""")
			.parameter(Parameter.number("jobs", 8, 1, 32, "Number of jobs for the executor"))
			.parameter(Parameter.number("below", 1_500_000, 1000, 5_000_000, "Each job counts the primes below this"))
			.parameter(Parameter.flag("onLoop", true, "Whether to make the mistake first: one job on every event loop"))
			.parameter(Parameter.millis("maxLatency", 100, 1, 5000,
					"What 95 of 100 requests may take while the cores are busy"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int below = run.number("below");
		BoundedExecutor cpu = this.executors.get("cpu");

		Timings duringMistake = new Timings();
		if (run.flag("onLoop")) {
			run.note("The mistake: one job on every event loop");
			duringMistake = whilePinging(run,
					() -> Flux.range(1, this.eventLoops.count())
						.flatMap((i) -> run.lane("on the event loop", "job " + i).mono(this.upstream.primes(below)))
						.blockLast());
		}

		run.note("The cure: %d jobs on the executor 'cpu'".formatted(run.number("jobs")));
		long start = System.nanoTime();
		List<Integer> counts = new ArrayList<>();
		Timings duringCure = whilePinging(run, () -> {
			List<Future<Integer>> futures = new ArrayList<>();
			for (int i = 1; i <= run.number("jobs"); i++) {
				futures.add(run.submit(cpu, run.lane("on cpu", "job " + i), () -> Primes.below(below)));
			}
			for (Future<Integer> future : futures) {
				counts.add(future.get());
			}
			return counts;
		});
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]

		return result(run, cpu, took, counts, duringMistake, duringCure);
	}

	// sends a small request to this server every 20 ms while something is done, and waits
	// for all answers: the late ones are those that matter
	private Timings whilePinging(PatternRun run, Callable<?> work) throws Exception {
		Timings pings = new Timings();
		CompletableFuture<Void> done = new CompletableFuture<>();
		CompletableFuture<?> answered = Flux.interval(Duration.ofMillis(20))
			.onBackpressureDrop()
			.takeUntilOther(Mono.fromFuture(done))
			.map((tick) -> System.nanoTime())
			.flatMap((sent) -> this.upstream.ping().map((answer) -> System.nanoTime() - sent))
			.doOnNext((nanos) -> {
				pings.add(nanos);
				run.gauge("ms to answer a request", nanos / 1e6);
			})
			.then()
			.toFuture();
		try {
			work.call();
		}
		finally {
			done.complete(null);
		}
		answered.get(20, TimeUnit.SECONDS);
		return pings;
	}

	private RunResult result(PatternRun run, BoundedExecutor cpu, Duration took, List<Integer> counts,
			Timings duringMistake, Timings duringCure) {
		int peak = run.counts("on cpu").peakRunning();
		Duration p95 = duringCure.percentile(95);
		RunResult.Builder result = RunResult.builder();
		if (run.flag("onLoop")) {
			String worst = "worst %s against %s".formatted(Timings.text(duringMistake.max()),
					Timings.text(duringCure.max()));
			result.time("request, work on the event loop: median", duringMistake.percentile(50), "request")
				.time("request, work on the event loop: 95 %", duringMistake.percentile(95), "request")
				.time("request, work on the event loop: worst", duringMistake.max(), "request")
				.proof("Work on the event loop makes requests wait", worst,
						duringMistake.max().compareTo(duringCure.max()) > 0);
		}
		return result
			.headline("%d jobs kept %d threads busy for %s; 95 %% of %d requests were answered within %s"
				.formatted(counts.size(), peak, Timings.text(took), duringCure.count(), Timings.text(p95)))
			.time("request, work on 'cpu': median", duringCure.percentile(50), "request")
			.time("request, work on 'cpu': 95 %", p95, "request")
			.time("request, work on 'cpu': worst", duringCure.max(), "request")
			.time("all jobs on 'cpu'", took)
			.count("primes found by each job", counts.getFirst())
			.count("most jobs at once", peak)
			.proof("On 'cpu', requests stay fast while the cores are busy",
					"95 %% within %s".formatted(Timings.text(p95)), p95.compareTo(run.millis("maxLatency")) <= 0)
			.proof("Never more jobs at once than 'cpu' has threads",
					"%d of %d".formatted(peak, cpu.getMaxConcurrency()), peak <= cpu.getMaxConcurrency())
			.proof("All jobs agree", "%d primes".formatted(counts.getFirst()), counts.stream().distinct().count() == 1)
			.build();
	}

}
