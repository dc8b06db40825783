package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * Limits that are changed while the application runs.
 */
@Component
class I5LimitsChangedLive implements Pattern {

	private static final String EXECUTOR = "tuned";

	private static final String CHART = "calls at once";

	private static final ParameterizedTypeReference<Map<String, Object>> JSON = new ParameterizedTypeReference<>() {
	};

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final Environment environment;

	// one run at a time, since the limit is everybody's
	private final ReentrantLock turn = new ReentrantLock();

	I5LimitsChangedLive(BoundedExecutors executors, UpstreamClient upstream, UpstreamLoad load,
			Environment environment) {
		this.executors = executors;
		this.upstream = upstream;
		this.load = load;
		this.environment = environment;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("I5", "Limits changed live")
			.summary("""
					A POST to /actuator/async changes the limit of an executor while it works: raised, tasks that \
					wait start at once; lowered, running ones finish and no more are started until there is room. \
					The same is there for policies, rate limiters and queues. It lasts until the next start, and is \
					logged.""")
			.useWhen("""
					An upstream is slower than it was, or can bear more, and a release would take too long. Then \
					put what has proven itself into the YAML. Give management a port or a login of its own: who \
					may change limits may also stop the application's work.""")
			.yaml("async.executors." + EXECUTOR)
			.docs("operations:endpoint-async")
			.asyncio("none: a Semaphore's bound is fixed", """
					# a semaphore cannot shrink; one does it by hand
					async def set_limit(new):
					    while limit.value < new:
					        limit.release()
					    while limit.value > new:
					        await limit.acquire()   # waits for room
					""")
			.parameter(Parameter.number("callers", 24, 2, 60, "Callers, each of which calls again and again"))
			.parameter(Parameter.number("raised", 12, 5, 60, "The limit after the first change, from 4"))
			.parameter(Parameter.number("lowered", 2, 1, 3, "The limit after the second one"))
			.parameter(Parameter.number("calls", 60, 10, 300, "Calls between two changes"))
			.parameter(Parameter.millis("latency", 80, 10, 1000, "How long the upstream takes for a call"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		this.turn.lockInterruptibly();
		try {
			return run(run, this.executors.get(EXECUTOR));
		}
		finally {
			this.turn.unlock();
		}
	}

	private RunResult run(PatternRun run, BoundedExecutor executor) throws Exception {
		int configured = executor.getMaxConcurrency();
		Seen seen = new Seen(run);
		seen.limit(configured, configured);
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), seen::inFlight)) {
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 1; i <= run.number("callers"); i++) {
				int number = i;
				Lane lane = run.lane("callers", "caller " + i).waiting("for its turn");
				callers.add(run.submit(this.executors.get("io"),
						() -> lane.track(() -> callAgainAndAgain(run, executor, lane, number, seen))));
			}

			int raised = Math.min(run.number("raised"), run.number("callers"));
			int lowered = run.number("lowered");
			seen.await(Math.min(configured, run.number("callers")), run.number("calls"));
			seen.next();
			change(seen, configured, run.number("raised"));
			seen.await(raised, run.number("calls"));
			change(seen, run.number("raised"), lowered);
			seen.awaitThat(() -> executor.getStats().running() <= lowered);
			seen.next();
			seen.await(lowered, run.number("calls") / 3);
			ResponseEntity<Map<String, Object>> wrong = post(-1);

			seen.enough();
			seen.next();
			change(seen, lowered, configured);
			for (Future<?> caller : callers) {
				caller.get();
			}
			// end::run[]
			return result(run, seen, atUpstream, wrong);
			// tag::run[]
		}
		finally {
			executor.setMaxConcurrency(configured);
		}
	}

	private @Nullable Void callAgainAndAgain(PatternRun run, BoundedExecutor executor, Lane lane, int number, Seen seen)
			throws Exception {
		while (!seen.isEnough()) {
			lane.waiting("for its turn");
			UpstreamRequest request = UpstreamRequest.of(run.id(), number).latency(run.millis("latency"));
			run.keep(executor.submit(() -> lane.piece(null, () -> this.upstream.item(request)))).get();
			seen.answered();
		}
		return null;
	}

	private void change(Seen seen, int from, int to) {
		seen.limit(from, to);
		post(to);
	}

	private ResponseEntity<Map<String, Object>> post(int limit) {
		return WebClient.create("http://127.0.0.1:" + this.environment.getRequiredProperty("local.server.port"))
			.post()
			.uri("/actuator/async/executors/" + EXECUTOR)
			.bodyValue(Map.of("maxConcurrency", limit))
			.exchangeToMono((response) -> response.toEntity(JSON))
			.blockOptional(Duration.ofSeconds(10))
			.orElseThrow();
	}
	// end::run[]

	private static RunResult result(PatternRun run, Seen seen, UpstreamWatch atUpstream,
			ResponseEntity<Map<String, Object>> wrong) {
		int raised = Math.min(run.number("raised"), run.number("callers"));
		int lowered = run.number("lowered");
		Object problem = (wrong.getBody() != null) ? wrong.getBody().getOrDefault("detail", "") : "";
		return RunResult.builder()
			.headline("%d calls; the most at once were %s as the limit was changed to %d and to %d"
				.formatted(atUpstream.served(), seen.peaks.subList(0, 3), run.number("raised"), lowered))
			.count("calls answered", seen.answered)
			.count("most at once after it was raised", seen.peaks.get(1))
			.count("most at once after it was lowered and the rest had finished", seen.peaks.get(2))
			.proof("Raised, the load follows at once", "%d of %d".formatted(seen.peaks.get(1), raised),
					seen.peaks.get(1) == raised)
			.proof("Lowered, no call is started until there is room",
					"%d of %d once the others had finished".formatted(seen.peaks.get(2), lowered),
					seen.peaks.get(2) == lowered)
			.proof("No call is lost by a change", "%d of %d".formatted(seen.answered, atUpstream.served()),
					seen.answered == atUpstream.served() && atUpstream.failed() + atUpstream.cancelled() == 0)
			.proof("What makes no sense is refused, and changes nothing",
					"%d: %s".formatted(wrong.getStatusCode().value(), problem),
					wrong.getStatusCode().value() == 400 && problem.toString().contains("'maxConcurrency'"))
			.build();
	}

	// tag::run[]

	/**
	 * What the upstream sees. The lock guards all that is not final.
	 */
	private static final class Seen {

		private final ReentrantLock lock = new ReentrantLock();

		private final Condition changed = this.lock.newCondition();

		// the most calls at once, between one change of the limit and the next
		private final List<Integer> peaks = new ArrayList<>(List.of(0));

		private final PatternRun run;

		private int now;

		private int answered;

		private int answeredBefore;

		private boolean enough;

		private Seen(PatternRun run) {
			this.run = run;
		}

		private void inFlight(int calls) {
			change(() -> {
				this.now = calls;
				this.peaks.set(this.peaks.size() - 1, Math.max(this.peaks.getLast(), calls));
				this.run.plot(CHART, "seen by the upstream", Shape.STEPS, calls);
			});
		}

		private void answered() {
			change(() -> this.answered++);
		}

		private void enough() {
			change(() -> this.enough = true);
		}

		private void limit(int from, int to) {
			change(() -> {
				this.run.plot(CHART, "the limit", Shape.BOUND, from);
				this.run.plot(CHART, "the limit", Shape.BOUND, to);
			});
		}

		// what is seen from now on is counted by itself
		private void next() {
			change(() -> {
				this.peaks.add(this.now);
				this.answeredBefore = this.answered;
			});
		}

		private void change(Runnable change) {
			this.lock.lock();
			try {
				change.run();
				this.changed.signalAll();
			}
			finally {
				this.lock.unlock();
			}
		}

		private boolean isEnough() {
			this.lock.lock();
			try {
				return this.enough;
			}
			finally {
				this.lock.unlock();
			}
		}

		// until so many were seen at once, and so many were answered
		private void await(int calls, int answered) throws InterruptedException, TimeoutException {
			awaitThat(() -> this.peaks.getLast() >= calls && this.answered - this.answeredBefore >= answered);
		}

		private void awaitThat(BooleanSupplier condition) throws InterruptedException, TimeoutException {
			long left = TimeUnit.SECONDS.toNanos(20);
			this.lock.lockInterruptibly();
			try {
				while (!condition.getAsBoolean()) {
					if (left <= 0) {
						throw new TimeoutException("The load did not follow the limit within 20 s");
					}
					left = this.changed.awaitNanos(left);
				}
			}
			finally {
				this.lock.unlock();
			}
		}

	}
	// end::run[]

}
