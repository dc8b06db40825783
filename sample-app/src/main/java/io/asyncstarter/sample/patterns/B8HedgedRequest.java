package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.HedgeSettings;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.LaneCounts;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;
import io.asyncstarter.task.Outcome;
import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

/**
 * A second attempt beside one that takes long; the first success wins.
 */
@Component
class B8HedgedRequest implements Pattern {

	private static final String ALONE = "without hedging";

	private static final String HEDGED = "with hedging";

	private static final String HEDGE = "hedge";

	private static final String RACE = "race";

	private static final String ALL_LOSE = "race that all lose";

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final Policy search;

	private final Tasks tasks;

	B8HedgedRequest(BoundedExecutors executors, Policies policies, Tasks tasks, UpstreamClient upstream,
			UpstreamLoad load) {
		this.executors = executors;
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
		this.search = policies.get("search");
	}

	@Override
	public PatternInfo info() {
		HedgeSettings hedge = Objects.requireNonNull(this.search.getSettings().hedge());
		return PatternInfo.of("B8", "First success wins: hedged requests, races")
			.summary("""
					A few calls of a hundred take very long, for reasons that have nothing to do with the call. When \
					one takes longer than most, a second attempt is started beside it; the first answer is taken, \
					the other attempt cancelled. The long tail is gone for a few calls more. A race \
					starts all attempts at once: it is as fast as the fastest, and costs as much as all of them.""")
			.useWhen("""
					Slowness strikes at random and the call may safely be made twice. Begin the second attempt at \
					about the 95th percentile: then one call in twenty costs double. Not for an upstream that is \
					slow because it is busy.""")
			.yaml("async.policies.search")
			.docs("policies/hedge")
			.asyncio("wait(FIRST_COMPLETED)", """
					first = asyncio.create_task(fetch(item))
					done, _ = await asyncio.wait({first}, timeout=0.1)
					if not done:
					    second = asyncio.create_task(fetch(item))
					    done, pending = await asyncio.wait(
					        {first, second},
					        return_when=asyncio.FIRST_COMPLETED)
					    for loser in pending:
					        loser.cancel()
					""")
			.parameter(Parameter.choice("mode", "One after another if need be, or all at once", HEDGE, RACE, ALL_LOSE))
			.parameter(Parameter.number("mirrors", 4, 3, 20, "Attempts of a race: the first fails, the last is fast"))
			.parameter(Parameter.number("calls", 80, 10, 400, "Calls, in each half"))
			.parameter(Parameter.number("callers", 8, 1, 50, "Calls at once"))
			.parameter(Parameter.millis("after", (int) Objects.requireNonNull(hedge.after()).toMillis(), 1, 2000,
					"After how long the second attempt begins"))
			.parameter(Parameter.millis("latency", 30, 1, 1000, "How long the upstream takes as a rule"))
			.parameter(Parameter.number("slow", 5, 1, 50, "Of a hundred attempts, how many are slow"))
			.parameter(Parameter.millis("slowLatency", 700, 1, 5000, "How long these take"))
			.parameter(Parameter.number("seed", 4, 1, 1000, "Decides which: in both halves the same"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		if (!run.choice("mode").equals(HEDGE)) {
			return race(run);
		}
		Policy alone = Policy.builder("search").build();
		// async.policies.search, with the number of this run
		Policy hedged = Policy.builder("search")
			.settings(this.search.getSettings())
			.hedge(run.millis("after"), 1)
			.build();

		run.note("Each call by itself");
		Half before = half(run, ALONE, alone);
		run.note("The same calls, each with a second attempt if it takes long");
		Half after = half(run, HEDGED, hedged);
		// end::run[]
		return result(run, before, after, hedged.getCount(PolicyEventKind.HEDGED));
	}

	// tag::run[]

	private Half half(PatternRun run, String name, Policy policy) throws Exception {
		Half half = new Half();
		Queue<Call> calls = new ConcurrentLinkedQueue<>();
		for (int i = 1; i <= run.number("calls"); i++) {
			calls.add(new Call(request(run, name, i), run.lane(name, "call " + i),
					run.lane(name, "call " + i + ", again")));
		}
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), name,
				(now) -> run.gauge("calls at the upstream", now))) {
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 0; i < run.number("callers"); i++) {
				callers.add(run.submit(this.executors.get("io"), () -> {
					for (Call call = calls.poll(); call != null; call = calls.poll()) {
						call(policy, call, half);
					}
					return null;
				}));
			}
			for (Future<?> caller : callers) {
				caller.get();
			}
			half.idle = atUpstream.awaitIdle(run.millis("slowLatency").dividedBy(2));
			half.arrived = atUpstream.served();
		}
		return half;
	}

	private void call(Policy policy, Call call, Half half) throws Exception {
		AtomicInteger begun = new AtomicInteger();
		AtomicInteger running = new AtomicInteger();
		Callable<Item> attempt = () -> {
			Lane lane = (begun.getAndIncrement() == 0) ? call.first : call.again;
			running.incrementAndGet();
			try {
				return lane.call(() -> this.upstream.item(call.request));
			}
			finally {
				running.decrementAndGet();
			}
		};
		long start = System.nanoTime();
		policy.call(attempt);
		half.times.add(System.nanoTime() - start);
		half.leftBehind.addAndGet(running.get());
	}

	private RunResult race(PatternRun run) throws InterruptedException {
		AtomicInteger atWork = new AtomicInteger();
		List<Callable<Item>> mirrors = new ArrayList<>();
		for (int i = 1; i <= run.number("mirrors"); i++) {
			UpstreamRequest request = mirror(run, i);
			Lane lane = run.lane(RACE, "mirror " + i);
			mirrors.add(Tasks.named("mirror " + i, () -> {
				atWork.incrementAndGet();
				try {
					return lane.call(() -> this.upstream.item(request));
				}
				finally {
					atWork.decrementAndGet();
				}
			}));
		}
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), RACE,
				(now) -> run.gauge("calls at the upstream", now))) {
			long start = System.nanoTime();
			Outcome<Item> winner = Outcome.of(() -> this.tasks.race(mirrors));
			int left = atWork.get();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			boolean idle = atUpstream.awaitIdle(run.millis("slowLatency").dividedBy(2));
			return raced(run, winner, left, took, idle);
		}
	}
	// end::run[]

	private static UpstreamRequest request(PatternRun run, String group, int number) {
		return UpstreamRequest.of(run.id(), number)
			.group(group)
			.latency(run.millis("latency"))
			.slow(run.number("slow"), run.millis("slowLatency"), run.number("seed"));
	}

	private static UpstreamRequest mirror(PatternRun run, int number) {
		boolean fails = number == 1 || run.choice("mode").equals(ALL_LOSE);
		boolean fast = fails || number == run.number("mirrors");
		return UpstreamRequest.of(run.id(), number)
			.group(RACE)
			.latency(fast ? run.millis("latency") : run.millis("slowLatency"))
			.failFirst(fails ? 1 : 0);
	}

	private static RunResult raced(PatternRun run, Outcome<Item> winner, int left, Duration took, boolean idle) {
		LaneCounts counts = run.counts(RACE);
		int mirrors = run.number("mirrors");
		String got = winner.fold((item) -> "mirror " + item.id(), (ex) -> ex.getClass().getSimpleName());
		RunResult.Builder result = RunResult.builder()
			.headline("%d mirrors at once: %s after %s; %d failed, %d cancelled".formatted(mirrors, got,
					Timings.text(took), counts.failed(), counts.cancelled()))
			.time("the race", took)
			.count("attempts that failed", counts.failed())
			.count("attempts that were cancelled", counts.cancelled())
			.proof("None is at work when the race returns", left + " at work", left == 0)
			.proof("Nor does the upstream work on", idle ? "nothing left there" : "still busy", idle);
		if (run.choice("mode").equals(ALL_LOSE)) {
			int failures = winner.fold((item) -> 0,
					(ex) -> (ex instanceof TaskGroupException all) ? all.failures().size() : 1);
			return result
				.proof("If all lose, all failures are told", "%d of %d".formatted(failures, mirrors),
						failures == mirrors)
				.build();
		}
		return result
			.proof("The first success wins, though a failure came too", got,
					winner.fold((item) -> item.id() == mirrors, (ex) -> false))
			.proof("Losers are cancelled", counts.cancelled() + " cancelled",
					counts.cancelled() + counts.failed() == mirrors - 1)
			.proof("Nobody waits for the slow ones", Timings.text(took), took.compareTo(run.millis("slowLatency")) < 0)
			.build();
	}

	private static RunResult result(PatternRun run, Half before, Half after, long hedges) {
		LaneCounts attempts = run.counts(HEDGED);
		int calls = run.number("calls");
		Map<String, Timings> both = new LinkedHashMap<>();
		both.put(ALONE, before.times);
		both.put(HEDGED, after.times);
		List<List<Object>> rows = new ArrayList<>();
		for (int percent : List.of(50, 90, 95, 99, 100)) {
			rows.add(List.of((percent < 100) ? "p" + percent : "longest",
					Timings.text(before.times.percentile(percent)), Timings.text(after.times.percentile(percent))));
		}
		Duration slowest = before.times.percentile(99);
		Duration now = after.times.percentile(99);
		Duration tailBefore = before.times.meanOfLongest(10);
		Duration tailAfter = after.times.meanOfLongest(10);
		return RunResult.builder()
			.headline("99 %% of %d calls took up to %s before, up to %s now, for %d attempts more".formatted(calls,
					Timings.text(slowest), Timings.text(now), hedges))
			.distribution("How long the calls took", both)
			.figure("second attempts", 100.0 * hedges / calls, "% of the calls")
			.count("attempts that were cancelled", attempts.cancelled())
			.count("attempts that reached the upstream", after.arrived)
			.table("Percentiles", List.of("percentile", ALONE, HEDGED), rows)
			.proof("The slowest tenth of the calls takes less time",
					"%s → %s, on average".formatted(Timings.text(tailBefore), Timings.text(tailAfter)),
					tailAfter.compareTo(tailBefore) < 0)
			.proof("Losers are cancelled: none is at work when its call returns",
					"%d cancelled, %d left".formatted(attempts.cancelled(), after.leftBehind.get()),
					after.leftBehind.get() == 0 && attempts.cancelled() <= hedges)
			.proof("Nor does the upstream work on for anyone who has left",
					after.idle ? "nothing left there" : "still busy", after.idle)
			.proof("Only calls that take long are made twice", "%d of %d".formatted(hedges, calls),
					attempts.total() <= calls + hedges && hedges < calls)
			.build();
	}

	private record Call(UpstreamRequest request, Lane first, Lane again) {

	}

	/**
	 * The calls of one half.
	 */
	private static final class Half {

		private final Timings times = new Timings();

		private final AtomicInteger leftBehind = new AtomicInteger();

		private boolean idle;

		private int arrived;

	}

}
