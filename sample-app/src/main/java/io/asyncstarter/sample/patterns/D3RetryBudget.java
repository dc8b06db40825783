package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.RetrySettings;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RateMeter;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * A retry budget during an outage.
 */
@Component
class D3RetryBudget implements Pattern {

	private static final String RATE = "upstream calls a second";

	private static final String TOTAL = "upstream calls so far";

	private static final String BOUND = "calls made × (1 + budget)";

	private static final Duration BUCKET = Duration.ofMillis(100);

	private static final Duration PEACE = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofSeconds(8);

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final Policy patient;

	private final Policy impatient;

	D3RetryBudget(Policies policies, UpstreamClient upstream, UpstreamLoad load) {
		this.upstream = upstream;
		this.load = load;
		this.patient = policies.get("patient");
		this.impatient = policies.get("impatient");
	}

	@Override
	public PatternInfo info() {
		RetrySettings retry = Objects.requireNonNull(this.patient.getSettings().retry());
		return PatternInfo.of("D3", "Retry budget during an outage")
			.summary("""
					Retries help against single failures. In an outage every call fails, and every caller's retries \
					multiply what an upstream has to bear that is trying to come back. A budget lets a share of the \
					calls be retried, and no more.""")
			.useWhen("""
					Always, where there are retries and more than a handful of callers. A budget of 20 % leaves single \
					failures their retry, and an outage at most 1.2 times the calls. What was saved up before the \
					outage is spent at its beginning.""")
			.yaml("async.policies.impatient")
			.yaml("async.policies.patient")
			.docs("policies/retry")
			.asyncio("none; by hand", """
					# one budget for all callers of the upstream
					budget = min(budget + 0.2, most)  # a call
					...
					except OSError:
					    if budget < 1:
					        raise                     # no retry
					    budget -= 1
					""")
			.parameter(Parameter.number("rate", 60, 10, 200, "Calls a second, under each of the two policies"))
			.parameter(Parameter.millis("outage", 1200, 200, 4000,
					"How long the upstream is down. It is up for a second before and after"))
			.parameter(Parameter.number("budget", (int) (100 * Objects.requireNonNull(retry.budget())), 0, 50,
					"Of a hundred calls, how many may be retried"))
			.parameter(Parameter.number("maxAttempts", Objects.requireNonNull(retry.maxAttempts()), 2, 6,
					"Attempts a call has, within the budget"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		double budget = run.number("budget") / 100.0;
		int maxAttempts = run.number("maxAttempts");
		// async.policies.patient and impatient, with the numbers of this run
		Policy patient = Policy.builder("patient")
			.settings(this.patient.getSettings())
			.retry((retry) -> retry.maxAttempts(maxAttempts).budget(budget))
			.build();
		Policy impatient = Policy.builder("impatient")
			.settings(this.impatient.getSettings())
			.retry((retry) -> retry.maxAttempts(maxAttempts))
			.build();

		AtomicInteger calls = new AtomicInteger();
		try (Side with = new Side(run, "with a budget", patient);
				Side without = new Side(run, "without", impatient);
				RateMeter made = run.rate(RATE, "calls made", BUCKET)) {
			Outage outage = new Outage(run, with, without);
			Flux.interval(Duration.ofSeconds(1).dividedBy(run.number("rate")))
				.onBackpressureDrop()
				.takeWhile((tick) -> outage.direct())
				.flatMap((tick) -> {
					int number = calls.incrementAndGet();
					made.count();
					run.plot(TOTAL, BOUND, Shape.BOUND, number * (1 + budget));
					return Mono.when(with.call(number), without.call(number));
				}, Integer.MAX_VALUE)
				.blockLast();
			run.plot(TOTAL, BOUND, Shape.BOUND, calls.get() * (1 + budget));
			// end::run[]
			return result(run, calls.get(), outage, with, without);
		}
	}

	private static RunResult result(PatternRun run, int calls, Outage outage, Side with, Side without) {
		double budget = run.number("budget") / 100.0;
		double calm = (double) with.watch.served() / calls;
		double storm = (double) without.watch.served() / calls;
		long refused = with.policy.getCount(PolicyEventKind.BUDGET_SPENT);
		return RunResult.builder()
			.headline("%d calls, %d of them into an outage: %d upstream calls with a budget, %d without"
				.formatted(calls, outage.calls, with.watch.served(), without.watch.served()))
			.figure("calls made", calls, "", "calls")
			.figure("upstream calls, with a budget", with.watch.served(), "", "calls")
			.figure("upstream calls, without", without.watch.served(), "", "calls")
			.figure("upstream calls for a call, with a budget", calm, "×")
			.figure("upstream calls for a call, without", storm, "×")
			.count("retries that the budget refused", refused)
			.proof("With a budget, never more than 1 + budget upstream calls for a call",
					"%.2f × of %.2f ×".formatted(calm, 1 + budget), with.watch.served() <= calls * (1 + budget))
			.proof("Without one, the retries multiply", "%.2f ×".formatted(storm),
					without.watch.served() > with.watch.served())
			.proof("What the budget refused is counted", "%d retries".formatted(refused), refused > 0)
			.build();
	}

	// tag::run[]

	/**
	 * One of the two policies, and the upstream as its calls find it.
	 */
	private final class Side implements AutoCloseable {

		private final PatternRun run;

		private final String name;

		private final Policy policy;

		private final RateMeter arrivals;

		private final UpstreamWatch watch;

		private Side(PatternRun run, String name, Policy policy) {
			this.run = run;
			this.name = name;
			this.policy = policy;
			this.arrivals = run.rate(RATE, name, BUCKET);
			this.watch = D3RetryBudget.this.load.watch(run.id(), name, (now) -> {
			}).onArrival(this::arrived);
		}

		private void arrived() {
			this.arrivals.count();
			this.run.plot(TOTAL, this.name, Shape.STEPS, (double) this.arrivals.total());
		}

		private Mono<?> call(int number) {
			UpstreamRequest request = UpstreamRequest.of(this.run.id(), number)
				.group(this.name)
				.latency(Duration.ofMillis(20));
			return this.policy.mono(D3RetryBudget.this.upstream.itemMono(request)).onErrorComplete();
		}

		@Override
		public void close() {
			this.arrivals.close();
			this.watch.close();
		}

	}
	// end::run[]

	/**
	 * The upstream goes down, and comes back. Directed by one thread at a time.
	 */
	private static final class Outage {

		private final PatternRun run;

		private final Side with;

		private final Side without;

		private final long begin = System.nanoTime();

		private @Nullable Duration begun;

		private @Nullable Duration ended;

		private int made;

		private int calls;

		private Outage(PatternRun run, Side with, Side without) {
			this.run = run;
			this.with = with;
			this.without = without;
			run.band("the upstream", "up", "good");
		}

		// before a call: whether there is to be one
		private boolean direct() {
			Duration now = Duration.ofNanos(System.nanoTime() - this.begin);
			Duration outage = this.run.millis("outage");
			if (this.begun == null && now.compareTo(PEACE) >= 0) {
				this.begun = now;
				down(true);
			}
			else if (this.begun != null && this.ended == null && now.minus(this.begun).compareTo(outage) >= 0) {
				if (isFelt() || now.compareTo(LONGEST) >= 0) {
					this.ended = now;
					down(false);
				}
			}
			this.made++;
			this.calls += (this.begun != null && this.ended == null) ? 1 : 0;
			return this.ended == null || now.minus(this.ended).compareTo(PEACE) < 0;
		}

		// the budget is spent, and without one there were more retries than a budget will
		// have let through when all calls are made
		private boolean isFelt() {
			double most = this.run.number("budget") / 100.0 * (this.made + 2 * this.run.number("rate"));
			return this.with.policy.getCount(PolicyEventKind.BUDGET_SPENT) > 0
					&& this.without.policy.getCount(PolicyEventKind.RETRIED) > most;
		}

		private void down(boolean down) {
			this.with.watch.down(down);
			this.without.watch.down(down);
			this.run.band("the upstream", down ? "down" : "up", down ? "bad" : "good");
		}

	}

}
