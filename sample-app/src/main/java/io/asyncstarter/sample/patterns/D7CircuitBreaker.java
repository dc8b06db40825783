package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.policy.CircuitBreakerOpenException;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RateMeter;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * A circuit breaker over an outage.
 */
@Component
class D7CircuitBreaker implements Pattern {

	private static final String CHART = "calls a second";

	private static final Duration BUCKET = Duration.ofMillis(150);

	private static final int CALM = 25;

	private static final Map<CircuitBreaker.State, String> TONES = Map.of(CircuitBreaker.State.CLOSED, "good",
			CircuitBreaker.State.OPEN, "bad", CircuitBreaker.State.HALF_OPEN, "warn");

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final Policy shaky;

	D7CircuitBreaker(Policies policies, UpstreamClient upstream, UpstreamLoad load) {
		this.upstream = upstream;
		this.load = load;
		this.shaky = policies.get("shaky");
	}

	@Override
	public PatternInfo info() {
		CircuitBreakerConfig config = this.shaky.getCircuitBreaker().orElseThrow().getCircuitBreakerConfig();
		return PatternInfo.of("D7", "Circuit breaker")
			.summary("""
					When too many calls fail, the breaker opens: further calls are refused at once, and the upstream \
					is left alone. After a while a few are let through to see; if they succeed, it closes again.""")
			.useWhen("""
					An upstream can be down for longer than a caller wants to wait. Callers hear at once that there \
					is no answer, and can give another one (D8). For single failures, retries (D1) do better.""")
			.yaml("async.policies.shaky")
			.docs("policies/circuit-breaker")
			.asyncio("none; by hand or a library", """
					if breaker.state == "open":
					    if now() < breaker.until:
					        raise Refused()
					    breaker.state = "half-open"
					try:
					    answer = await fetch(item)
					except OSError:
					    breaker.failed()     # may open it
					    raise
					breaker.succeeded()      # may close it
					""")
			.parameter(Parameter.millis("outage", 1500, 100, 8000, "How long the upstream is down"))
			.parameter(Parameter.millis("openFor", config.getWaitIntervalFunctionInOpenState().apply(1).intValue(), 50,
					5000, "How long the breaker stays open before it lets calls through to see"))
			.parameter(Parameter.number("failureRate", (int) config.getFailureRateThreshold(), 1, 100,
					"The percentage of failures that opens it"))
			.parameter(Parameter.number("window", config.getSlidingWindowSize(), 1, 50,
					"How many of the latest calls it looks at"))
			.parameter(Parameter.number("halfOpenCalls", config.getPermittedNumberOfCallsInHalfOpenState(), 1, 20,
					"Calls let through to see"))
			.parameter(Parameter.millis("every", 25, 5, 200, "The time between two calls"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		// async.policies.shaky, with the numbers of this run
		Policy policy = Policy.builder("shaky")
			.settings(this.shaky.getSettings())
			.circuitBreaker((breaker) -> breaker.failureRate(run.number("failureRate"))
				.window(run.number("window"))
				.openFor(run.millis("openFor"))
				.halfOpenCalls(run.number("halfOpenCalls")))
			.build();
		CircuitBreaker breaker = policy.getCircuitBreaker().orElseThrow();
		Journal journal = new Journal(run, breaker);

		try (RateMeter calls = run.rate(CHART, "made by the caller", BUCKET);
				RateMeter arrivals = run.rate(CHART, "arriving at the upstream", BUCKET);
				UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> {
				}).onArrival(() -> {
					arrivals.count();
					journal.arrived(breaker.getState());
				})) {
			Lane lane = run.lane("", "calls").running(null).idle();
			lane.track(() -> Flux.interval(run.millis("every"))
				.onBackpressureDrop()
				.takeWhile((tick) -> journal.direct(atUpstream))
				// one call after the other
				.concatMap((tick) -> {
					calls.count();
					int number = journal.calls.incrementAndGet();
					Mono<Item> work = this.upstream
						.itemMono(UpstreamRequest.of(run.id(), number).latency(run.millis("every").dividedBy(2)));
					return policy.mono(lane.piece(null, work))
						.doOnSuccess((item) -> journal.answered.incrementAndGet())
						.onErrorResume((failure) -> {
							if (failure instanceof CircuitBreakerOpenException) {
								run.mark(lane, "refused, not sent");
								journal.refused.incrementAndGet();
							}
							return Mono.empty();
						})
						.doOnTerminate(lane::idle);
				}, 1)
				.blockLast());
			// end::run[]
			return result(run, journal, atUpstream);
		}
	}

	private static RunResult result(PatternRun run, Journal journal, UpstreamWatch atUpstream) {
		int calls = journal.calls.get();
		int refused = journal.refused.get();
		List<CircuitBreaker.State> states = journal.states;
		String path = String.join(" → ", states.stream().map(D7CircuitBreaker::name).toList());
		long opened = states.stream().filter((state) -> state == CircuitBreaker.State.OPEN).count();
		return RunResult.builder()
			.headline("An outage of %d ms: of %d calls, %d failed at the upstream and %d were refused at once"
				.formatted(run.number("outage"), calls, atUpstream.failed(), refused))
			.count("calls made", calls)
			.count("answered", journal.answered.get())
			.count("failed at the upstream", atUpstream.failed())
			.count("refused by the breaker, not sent", refused)
			.count("times it opened", opened)
			.proof("It opens, lets some through to see, and closes again", path, journal.isComplete())
			.proof("While it is open, nothing reaches the upstream",
					"%d of %d arrived then".formatted(journal.whileOpen.get(), atUpstream.served()),
					journal.whileOpen.get() == 0)
			.proof("Every call was either sent or refused",
					"%d + %d of %d".formatted(atUpstream.served(), refused, calls),
					atUpstream.served() + refused == calls)
			.proof("It spares the upstream", "%d calls".formatted(refused), refused > 0)
			.build();
	}

	private static String name(CircuitBreaker.State state) {
		return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	// tag::run[]

	/**
	 * Directs the outage, and keeps what the breaker does.
	 */
	private static final class Journal {

		private final PatternRun run;

		private final CircuitBreaker breaker;

		private final List<CircuitBreaker.State> states = new CopyOnWriteArrayList<>(
				List.of(CircuitBreaker.State.CLOSED));

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger answered = new AtomicInteger();

		private final AtomicInteger refused = new AtomicInteger();

		private final AtomicInteger whileOpen = new AtomicInteger();

		private long upAgain;

		private int calm;

		private Journal(PatternRun run, CircuitBreaker breaker) {
			this.run = run;
			this.breaker = breaker;
			draw(CircuitBreaker.State.CLOSED);
			run.band("the upstream", "up", "good");
			breaker.getEventPublisher().onStateTransition((event) -> {
				CircuitBreaker.State state = event.getStateTransition().getToState();
				this.states.add(state);
				draw(state);
			});
		}

		private void draw(CircuitBreaker.State state) {
			this.run.band("the breaker", name(state), TONES.getOrDefault(state, "neutral"));
		}

		private void arrived(CircuitBreaker.State state) {
			this.whileOpen.addAndGet((state == CircuitBreaker.State.OPEN) ? 1 : 0);
		}

		// before each call: some in peace, the outage, some in peace again
		private boolean direct(UpstreamWatch atUpstream) {
			if (this.upAgain == 0 && this.calls.get() == CALM) {
				this.upAgain = System.nanoTime() + this.run.millis("outage").toNanos();
				atUpstream.down(true);
				this.run.band("the upstream", "down", "bad");
			}
			else if (this.upAgain != 0 && this.calm == 0 && System.nanoTime() - this.upAgain >= 0
					&& this.states.contains(CircuitBreaker.State.OPEN)) {
				this.calm = 1;
				atUpstream.down(false);
				this.run.band("the upstream", "up", "good");
			}
			else if (this.calm > 0 && this.breaker.getState() == CircuitBreaker.State.CLOSED) {
				this.calm++;
			}
			return this.calm <= CALM;
		}

		// closed, then open and half-open by turns, then closed
		private boolean isComplete() {
			List<CircuitBreaker.State> expected = new ArrayList<>(List.of(CircuitBreaker.State.CLOSED));
			while (expected.size() < this.states.size() - 1) {
				expected.add(CircuitBreaker.State.OPEN);
				expected.add(CircuitBreaker.State.HALF_OPEN);
			}
			expected.add(CircuitBreaker.State.CLOSED);
			return expected.size() > 2 && expected.equals(this.states);
		}

	}
	// end::run[]

}
