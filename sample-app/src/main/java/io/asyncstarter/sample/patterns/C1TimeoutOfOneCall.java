package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.ApplyPolicy;
import io.asyncstarter.policy.AttemptTimeoutException;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
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
 * A timeout of one call.
 */
@Component
class C1TimeoutOfOneCall implements Pattern {

	private static final String ENDS = "work that can be interrupted";

	private static final String DEAF = "work that ignores interrupts";

	private final BoundedExecutors executors;

	private final Quotes quotes;

	private final UpstreamLoad load;

	private final Policy quote;

	C1TimeoutOfOneCall(BoundedExecutors executors, Policies policies, Quotes quotes, UpstreamLoad load) {
		this.executors = executors;
		this.quotes = quotes;
		this.load = load;
		this.quote = policies.get("quote");
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("C1", "Timeout of one call")
			.summary("""
					A call that takes too long fails on time, and its work does not go on behind the caller's back: \
					the thread is interrupted, the connection closed, the subscription cancelled.""")
			.useWhen("""
					Always, around every call that leaves the process. A call stays on its caller's thread, with its \
					transaction and its MDC, and is interrupted there. Name an 'executor' for work that may ignore \
					interrupts: then the caller leaves on time all the same.""")
			.yaml("async.policies.quote")
			.yaml("async.policies.quote-moved")
			.yaml("async.executors.io")
			.docs("policies/timeout")
			.asyncio("wait_for / timeout()", """
					async with asyncio.timeout(0.3):
					    quote = await fetch(item)

					# blocking code: the caller leaves,
					# the thread goes on
					await asyncio.wait_for(
					    asyncio.to_thread(fetch_blocking, item), 0.3)
					""")
			.parameter(Parameter.millis("latency", 1200, 600, 10_000, "How long the upstream takes for a call"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls at the upstream", now))) {
			UpstreamRequest slow = UpstreamRequest.of(run.id(), 1).latency(run.millis("latency"));
			List<Future<Ending>> endings = new ArrayList<>();
			endings.add(call(run, ENDS, "in place", (lane) -> this.quotes.inPlace(slow)));
			endings.add(call(run, ENDS, "moved to 'io'", (lane) -> this.quotes.moved(slow, lane)));
			endings.add(call(run, ENDS, "as a Mono", (lane) -> this.quotes.reactive(slow).block()));
			endings.add(call(run, DEAF, "in place", (lane) -> this.quotes.deafInPlace(slow)));
			endings.add(call(run, DEAF, "moved to 'io'", (lane) -> this.quotes.deafMoved(slow, lane)));

			List<Ending> ended = new ArrayList<>();
			for (Future<Ending> ending : endings) {
				ended.add(ending.get());
			}
			// end::run[]
			atUpstream.awaitIdle(run.millis("latency"));
			return result(run, ended, atUpstream);
		}
	}

	// tag::run[]

	private Future<Ending> call(PatternRun run, String group, String name, Call call) {
		Lane lane = run.lane(group, name);
		// drawn only if the work is moved
		Lane work = run.lane(group, "  its work");
		return run.submit(this.executors.get("io"), () -> {
			long start = System.nanoTime();
			boolean timedOut = false;
			lane.running(null).due(timeout());
			try {
				lane.call(() -> call.make(work));
			}
			catch (AttemptTimeoutException ex) {
				timedOut = true;
			}
			return new Ending(group, name, timedOut, Duration.ofNanos(System.nanoTime() - start));
		});
	}
	// end::run[]

	private Duration timeout() {
		return this.quote.getTimeout().orElseThrow();
	}

	private RunResult result(PatternRun run, List<Ending> ended, UpstreamWatch atUpstream) {
		Duration latency = run.millis("latency");
		List<Ending> free = ended.stream().filter((ending) -> !ending.isStuck()).toList();
		Ending stuck = ended.stream().filter(Ending::isStuck).findFirst().orElseThrow();
		Duration longest = free.stream().map(Ending::took).reduce(Duration.ZERO, C1TimeoutOfOneCall::longer);
		// all but the caller of the one that is moved
		int deafBegun = run.counts(DEAF).total() - 1;
		RunResult.Builder result = RunResult.builder();
		List<List<Object>> rows = new ArrayList<>();
		for (Ending ending : ended) {
			result.time(ending.group() + ", " + ending.name(), ending.took(), "waited");
			rows.add(List.of(ending.group(), ending.name(), ending.timedOut() ? "timed out" : "got its answer",
					Timings.text(ending.took())));
		}
		return result
			.headline("A timeout of %s freed %d callers after %s at most; the upstream would have taken %s"
				.formatted(Timings.text(timeout()), free.size(), Timings.text(longest), Timings.text(latency)))
			.table("How each caller fared", List.of("the work", "where it runs", "the caller", "after"), rows)
			.proof("Callers leave on time", "%s at most".formatted(Timings.text(longest)),
					free.stream().allMatch(Ending::timedOut) && longest.compareTo(latency) < 0)
			.proof("No call is cut short before its time", "timeout of " + Timings.text(timeout()),
					free.stream().allMatch((ending) -> ending.took().compareTo(timeout()) >= 0))
			.proof("What can be interrupted ends: its connection is closed",
					"%d calls left the upstream early, %d were answered".formatted(atUpstream.cancelled(),
							atUpstream.served() - atUpstream.cancelled()),
					atUpstream.served() - atUpstream.cancelled() == deafBegun)
			.proof("What ignores interrupts keeps its caller, unless it was moved",
					"in place for " + Timings.text(stuck.took()),
					!stuck.timedOut() && stuck.took().compareTo(latency) >= 0)
			.build();
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

	// tag::run[]

	/**
	 * What an application would have: methods, each under a policy.
	 */
	@Component
	static class Quotes {

		private final UpstreamClient upstream;

		Quotes(UpstreamClient upstream) {
			this.upstream = upstream;
		}

		@ApplyPolicy("quote")
		Item inPlace(UpstreamRequest request) {
			return this.upstream.item(request);
		}

		@ApplyPolicy("quote-moved")
		Item moved(UpstreamRequest request, Lane lane) throws Exception {
			return lane.call(() -> this.upstream.item(request));
		}

		@ApplyPolicy("quote")
		Mono<Item> reactive(UpstreamRequest request) {
			return this.upstream.itemMono(request);
		}

		// join() waits on, interrupted or not
		@ApplyPolicy("quote")
		Item deafInPlace(UpstreamRequest request) {
			return this.upstream.itemMono(request).toFuture().join();
		}

		@ApplyPolicy("quote-moved")
		Item deafMoved(UpstreamRequest request, Lane lane) throws Exception {
			return lane.call(() -> this.upstream.itemMono(request).toFuture().join());
		}

	}
	// end::run[]

	private interface Call {

		@Nullable Object make(Lane work) throws Exception;

	}

	private record Ending(String group, String name, boolean timedOut, Duration took) {

		boolean isStuck() {
			return this.group.equals(DEAF) && this.name.equals("in place");
		}

	}

}
