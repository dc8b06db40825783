package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicyStats;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;

/**
 * A token bucket: a rate, and bursts.
 */
@Component
class D4TokenBucket implements Pattern {

	private static final String CHART = "calls started";

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final Policy metered;

	private final RateLimiter quota;

	D4TokenBucket(BoundedExecutors executors, Policies policies, RateLimiters limiters, UpstreamClient upstream) {
		this.executors = executors;
		this.upstream = upstream;
		this.metered = policies.get("metered");
		this.quota = limiters.get("quota");
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("D4", "Token-bucket rate limit with bursts")
			.summary("""
					A call pays a token. Tokens come at a steady rate and a few of them are kept for bad times, so \
					calls start in a burst and then in step: a staircase. All who name the limiter share it.""")
			.useWhen("""
					The other side has promised you a rate, or you have promised one: an API quota, a mail server. \
					A rate is about starts; what the other side bears at once is a bulkhead (D5).""")
			.yaml("async.rate-limiters.quota")
			.yaml("async.policies.metered")
			.docs("policies/rate-limiter")
			.asyncio("a RateLimiter class", """
					limiter = AsyncLimiter(max_rate=20, time_period=1)

					async def call(item):
					    async with limiter:
					        return await fetch(item)
					""")
			.parameter(Parameter.number("calls", 40, 2, 200, "Calls to make"))
			.parameter(Parameter.number("callers", 4, 1, 20, "Callers who make them, each one call after another"))
			.parameter(
					Parameter.number("permits", (int) this.quota.getPermits(), 1, 200, "Tokens that come in a second"))
			.parameter(Parameter.number("burst", (int) this.quota.getBurst(), 1, 100, "Tokens that are kept"))
			.parameter(Parameter.millis("latency", 30, 1, 500, "How long the upstream takes for a call"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		// async.rate-limiters.quota, with the numbers of this run
		RateLimiter limiter = RateLimiter.builder("quota")
			.permits(run.number("permits"))
			.per(this.quota.getPer())
			.burst(run.number("burst"))
			.maxWait(this.quota.getMaxWait())
			.build();
		Policy policy = Policy.builder("metered")
			.settings(this.metered.getSettings())
			.environment(PolicyEnvironment.builder().rateLimiters(RateLimiters.of(limiter)).build())
			.build();

		Starts starts = new Starts(run);
		Queue<Call> calls = new ConcurrentLinkedQueue<>();
		for (int i = 1; i <= run.number("calls"); i++) {
			calls.add(new Call(run.lane("", "call " + i),
					UpstreamRequest.of(run.id(), i).latency(run.millis("latency"))));
		}
		List<Future<?>> callers = new ArrayList<>();
		for (int i = 0; i < run.number("callers"); i++) {
			callers.add(run.submit(this.executors.get("io"), () -> {
				for (Call call = calls.poll(); call != null; call = calls.poll()) {
					call(policy, call, starts);
				}
				return null;
			}));
		}
		for (Future<?> caller : callers) {
			caller.get();
		}
		// end::run[]
		return result(run, starts, policy);
	}

	// tag::run[]

	private void call(Policy policy, Call call, Starts starts) throws Exception {
		call.lane.waiting("for a token").track(() -> {
			long asked = System.nanoTime();
			return policy.call(() -> {
				starts.add(asked);
				call.lane.running(null);
				return this.upstream.item(call.request);
			});
		});
	}
	// end::run[]

	private static RunResult result(PatternRun run, Starts starts, Policy policy) {
		List<Start> all = starts.all();
		int permits = run.number("permits");
		int burst = run.number("burst");
		double fullest = fullest(all, permits, burst);
		List<List<Object>> rows = new ArrayList<>();
		for (int millis : List.of(100, 250, 500, 1000)) {
			rows.add(List.of("%d ms".formatted(millis), most(all, millis), burst + permits * millis / 1000.0));
		}
		PolicyStats.Waited waited = policy.getStats().waited(PolicyEventKind.WAITED_FOR_RATE_LIMITER);
		Duration took = Duration.ofNanos(all.getLast().granted() - all.getFirst().asked());
		return RunResult.builder()
			.headline("%d calls started within %s: %d at once, then %d a second".formatted(all.size(),
					Timings.text(took), Math.min(burst, all.size()), permits))
			.count("calls started", all.size())
			.count("calls that waited for a token", waited.count())
			.time("longest wait for a token", waited.longest())
			.table("Most calls in any window of time", List.of("window", "calls", "allowed"), rows)
			.proof("In no window more than burst + rate × window", "%.0f %% of it at most".formatted(100 * fullest),
					fullest <= 1)
			.proof("The burst starts at once, the others wait", "%d of %d waited".formatted(waited.count(), all.size()),
					waited.count() <= Math.max(0, all.size() - burst))
			.proof("Every call started", "%d of %d".formatted(all.size(), run.number("calls")),
					all.size() == run.number("calls"))
			.build();
	}

	/**
	 * How full the fullest window is. A window begins when some call asks for its token
	 * and ends when some call has got its own; only those count that did both within it,
	 * since it is they that were certainly paid for within it.
	 */
	private static double fullest(List<Start> all, int permits, int burst) {
		double fullest = 0;
		for (Start first : all) {
			int count = 0;
			for (Start last : all) {
				if (last.asked() - first.asked() >= 0) {
					count++;
					double seconds = (last.granted() - first.asked()) / 1e9;
					fullest = Math.max(fullest, count / (burst + permits * seconds));
				}
			}
		}
		return fullest;
	}

	private static int most(List<Start> all, int millis) {
		int most = 0;
		for (Start first : all) {
			int count = 0;
			for (Start last : all) {
				boolean inside = last.asked() - first.asked() >= 0
						&& last.granted() - first.asked() <= millis * 1_000_000L;
				count += inside ? 1 : 0;
			}
			most = Math.max(most, count);
		}
		return most;
	}

	/**
	 * When calls asked for their token, and when they had it.
	 */
	private static final class Starts {

		private final ReentrantLock lock = new ReentrantLock();

		private final List<Start> starts = new ArrayList<>();

		private final PatternRun run;

		private final long begin = System.nanoTime();

		private Starts(PatternRun run) {
			this.run = run;
			bound();
		}

		private void add(long asked) {
			this.lock.lock();
			try {
				this.starts.add(new Start(asked, System.nanoTime()));
				this.run.plot(CHART, "so far", Shape.STEPS, this.starts.size());
				bound();
			}
			finally {
				this.lock.unlock();
			}
		}

		private void bound() {
			double seconds = (System.nanoTime() - this.begin) / 1e9;
			this.run.plot(CHART, "burst + rate × time", Shape.BOUND,
					this.run.number("burst") + this.run.number("permits") * seconds);
		}

		private List<Start> all() {
			this.lock.lock();
			try {
				return this.starts.stream().sorted(Comparator.comparingLong(Start::granted)).toList();
			}
			finally {
				this.lock.unlock();
			}
		}

	}

	private record Call(Lane lane, UpstreamRequest request) {

	}

	private record Start(long asked, long granted) {

	}

}
