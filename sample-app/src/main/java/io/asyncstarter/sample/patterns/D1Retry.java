package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;

import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Jitter;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEvent;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.RetrySettings;
import io.asyncstarter.sample.gallery.Lane;
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

/**
 * Retry with exponential backoff and jitter.
 */
@Component
class D1Retry implements Pattern {

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final Policy flaky;

	private final RetrySettings retry;

	private final double multiplier;

	D1Retry(BoundedExecutors executors, Policies policies, UpstreamClient upstream, UpstreamLoad load) {
		this.executors = executors;
		this.upstream = upstream;
		this.load = load;
		this.flaky = policies.get("flaky");
		this.retry = Objects.requireNonNull(this.flaky.getSettings().retry());
		this.multiplier = Objects.requireNonNull(this.retry.multiplier());
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("D1", "Retry with backoff and jitter")
			.summary("""
					A call that failed is made again, after a wait that doubles each time and is spread at random. \
					Callers that failed together do not come back together: try it with jitter 'none'.""")
			.useWhen("""
					The failure is likely to pass and the call may safely be made twice. Give it a bound: a number of \
					attempts, a deadline, and a budget (D3).""")
			.yaml("async.policies.flaky")
			.docs("policies/retry")
			.asyncio("a retry loop", """
					for attempt in range(1, max_attempts + 1):
					    try:
					        return await fetch(item)
					    except OSError:
					        if attempt == max_attempts:
					            raise
					        backoff = 0.1 * 2 ** (attempt - 1)
					        await asyncio.sleep(random.uniform(0, backoff))
					""")
			.parameter(Parameter.number("callers", 10, 1, 100, "Callers whose first attempt is at the same time"))
			.parameter(Parameter.number("failures", 3, 0, 9, "How often the upstream fails each of them"))
			.parameter(Parameter.number("maxAttempts", Objects.requireNonNull(this.retry.maxAttempts()), 1, 10,
					"Attempts a call has"))
			.parameter(Parameter.choice("jitter", "How the waits are spread", "full", "equal", "none"))
			.parameter(Parameter.millis("backoff", (int) Objects.requireNonNull(this.retry.backoff()).toMillis(), 1,
					1000, "The wait before the second attempt"))
			.parameter(Parameter.millis("latency", 60, 1, 1000, "How long the upstream takes for an attempt"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Jitter jitter = Jitter.valueOf(run.choice("jitter").toUpperCase(Locale.ROOT));
		// async.policies.flaky, with the numbers of this run
		Policy policy = Policy.builder("flaky")
			.settings(this.flaky.getSettings())
			.retry((retry) -> retry.maxAttempts(run.number("maxAttempts"))
				.backoff(run.millis("backoff"))
				.jitter(jitter))
			.build();
		Map<Thread, Caller> callers = new ConcurrentHashMap<>();
		// told of each retry, on the thread of the call
		policy.addListener((event) -> {
			Caller caller = callers.get(Thread.currentThread());
			if (caller != null) {
				caller.on(event);
			}
		});

		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls at the upstream", now))) {
			List<Future<Caller>> futures = new ArrayList<>();
			for (int i = 1; i <= run.number("callers"); i++) {
				Caller caller = new Caller(run.lane("", "caller " + i).queued());
				UpstreamRequest request = UpstreamRequest.of(run.id(), i)
					.latency(run.millis("latency"))
					.failFirst(run.number("failures"));
				futures.add(run.submit(this.executors.get("io"), () -> {
					callers.put(Thread.currentThread(), caller);
					return caller.end(() -> policy.call(() -> caller.attempt(() -> this.upstream.item(request))));
				}));
			}
			List<Caller> ended = new ArrayList<>();
			for (Future<Caller> future : futures) {
				ended.add(future.get());
			}
			// end::run[]
			return result(run, jitter, ended, atUpstream);
		}
	}

	private RunResult result(PatternRun run, Jitter jitter, List<Caller> callers, UpstreamWatch atUpstream) {
		int attempts = callers.stream().mapToInt((caller) -> caller.attempts).sum();
		long answered = callers.stream().filter((caller) -> caller.answered).count();
		List<Wait> waits = callers.stream().flatMap((caller) -> caller.waits.stream()).toList();
		int each = Math.min(run.number("failures") + 1, run.number("maxAttempts"));
		boolean enough = run.number("failures") < run.number("maxAttempts");
		RunResult.Builder result = RunResult.builder();
		List<List<Object>> rows = new ArrayList<>();
		for (int i = 1; i < each; i++) {
			int attempt = i;
			List<Duration> planned = waits.stream()
				.filter((wait) -> wait.attempt() == attempt)
				.map(Wait::planned)
				.sorted()
				.toList();
			rows.add(List.of(i, Timings.text(backoff(run, i)), Timings.text(planned.getFirst()),
					Timings.text(planned.getLast()), Timings.text(planned.getLast().minus(planned.getFirst()))));
		}
		Duration longest = waits.stream().map(Wait::planned).max(Duration::compareTo).orElse(Duration.ZERO);
		return result
			.headline("%d callers got %d answers with %d attempts; the longest wait was %s".formatted(callers.size(),
					answered, attempts, Timings.text(longest)))
			.count("attempts made", attempts)
			.count("attempts that the upstream failed", atUpstream.failed())
			.count("most attempts at the upstream at once", atUpstream.peak())
			.table("How the waits were spread",
					List.of("after attempt", "backoff", "shortest wait", "longest wait", "spread over"), rows)
			.proof("Every caller is served in the end, or has spent its attempts",
					"%d of %d answered".formatted(answered, callers.size()), answered == (enough ? callers.size() : 0))
			.proof("No attempt too many, none too few", "%d each, %d arrived".formatted(each, atUpstream.served()),
					callers.stream().allMatch((caller) -> caller.attempts == each) && atUpstream.served() == attempts)
			.proof("The waits double, within what the jitter leaves of them", "%d waits".formatted(waits.size()),
					waits.stream().allMatch((wait) -> wait.fits(backoff(run, wait.attempt()), jitter)))
			.proof("No attempt comes earlier than planned", "%d waits".formatted(waits.size()),
					waits.stream().allMatch((wait) -> wait.taken().compareTo(wait.planned()) >= 0))
			.build();
	}

	private Duration backoff(PatternRun run, int attempt) {
		return Duration.ofNanos((long) (run.millis("backoff").toNanos() * Math.pow(this.multiplier, attempt - 1)));
	}

	// tag::run[]

	/**
	 * A caller, on its own thread, and what it went through.
	 */
	private static final class Caller {

		private final Lane lane;

		private final Queue<Wait> waits = new ConcurrentLinkedQueue<>();

		private int attempts;

		private boolean answered;

		private Duration planned = Duration.ZERO;

		private long since;

		private Caller(Lane lane) {
			this.lane = lane;
		}

		private Item attempt(Callable<Item> work) throws Exception {
			if (this.attempts > 0) {
				this.waits.add(new Wait(this.attempts, this.planned, Duration.ofNanos(System.nanoTime() - this.since)));
			}
			this.attempts++;
			return this.lane.piece("attempt " + this.attempts, work);
		}

		private void on(PolicyEvent event) {
			if (event.kind() == PolicyEventKind.RETRIED) {
				this.planned = event.waited();
				this.since = System.nanoTime();
				this.lane.waiting("%d ms".formatted(event.waited().toMillis()));
			}
		}

		private Caller end(Callable<Item> call) {
			try {
				this.lane.track(call);
				this.answered = true;
			}
			catch (Exception ex) {
				// its attempts are spent: drawn, and counted
			}
			return this;
		}

	}
	// end::run[]

	private record Wait(int attempt, Duration planned, Duration taken) {

		boolean fits(Duration backoff, Jitter jitter) {
			Duration least = switch (jitter) {
				case NONE -> backoff;
				case EQUAL -> backoff.dividedBy(2);
				case FULL -> Duration.ZERO;
			};
			return this.planned.compareTo(least) >= 0 && this.planned.compareTo(backoff) <= 0;
		}

	}

}
