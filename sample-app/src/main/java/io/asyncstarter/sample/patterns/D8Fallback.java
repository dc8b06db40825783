package io.asyncstarter.sample.patterns;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.ApplyPolicy;
import io.asyncstarter.policy.AttemptTimeoutException;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * A fallback: a degraded answer rather than none.
 */
@Component
class D8Fallback implements Pattern {

	private static final String DEGRADED = "degraded answer";

	private final BoundedExecutors executors;

	private final Offers offers;

	private final UpstreamLoad load;

	private final Policy policy;

	D8Fallback(BoundedExecutors executors, Policies policies, Offers offers, UpstreamLoad load) {
		this.executors = executors;
		this.offers = offers;
		this.load = load;
		this.policy = policies.get("offers");
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("D8", "Fallback")
			.summary("""
					A call that fails, for whatever reason, is answered by another method of the same bean: with the \
					last known offers, with none, with a sentence. The page is there, a part of it a little worse. \
					Each such answer is counted, so that nobody takes it for the real one.""")
			.useWhen("""
					There is an answer that is better than an error. Not for writing, and not to hide a failure that \
					somebody has to know of. Watch the counter: a fallback that answers for days is an outage.""")
			.yaml("async.policies.offers")
			.docs("policies/fallback")
			.asyncio("error handling at the edge", """
					try:
					    async with asyncio.timeout(0.25):
					        return await fetch(item)
					except (OSError, TimeoutError) as failure:
					    fallbacks.inc()
					    return last_known(item, failure)
					""")
			.parameter(Parameter.number("calls", 30, 2, 200, "Calls to make"))
			.parameter(Parameter.number("callers", 5, 1, 50, "Calls at once"))
			.parameter(Parameter.number("failures", 25, 0, 100, "Of a hundred calls, how many the upstream fails"))
			.parameter(Parameter.number("slow", 10, 0, 100, "Of a hundred calls, for how many it takes too long"))
			.parameter(Parameter.millis("latency", 60, 1, 200, "How long it takes for the others"))
			.parameter(Parameter.number("seed", 3, 1, 1000, "Decides which calls fail and which are slow"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		long countedBefore = this.policy.getCount(PolicyEventKind.FALLBACK_USED);
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> {
		})) {
			Answers answers = new Answers(run);
			Queue<Call> calls = new ConcurrentLinkedQueue<>();
			for (int i = 1; i <= run.number("calls"); i++) {
				calls.add(new Call(run.lane("", "call " + i), request(run, i)));
			}
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 0; i < run.number("callers"); i++) {
				callers.add(run.submit(this.executors.get("io"), () -> {
					for (Call call = calls.poll(); call != null; call = calls.poll()) {
						Lane lane = call.lane;
						UpstreamRequest request = call.request;
						answers.add(lane.track(() -> this.offers.offer(request, lane, answers)));
					}
					return null;
				}));
			}
			for (Future<?> caller : callers) {
				caller.get();
			}
			// end::run[]
			long counted = this.policy.getCount(PolicyEventKind.FALLBACK_USED) - countedBefore;
			return result(run, answers, atUpstream, counted);
		}
	}

	private static UpstreamRequest request(PatternRun run, int number) {
		return UpstreamRequest.of(run.id(), number)
			.latency(run.millis("latency"))
			.failures(run.number("failures"), run.number("seed"))
			.slow(run.number("slow"), run.millis("latency").plusSeconds(1), run.number("seed"));
	}

	private RunResult result(PatternRun run, Answers answers, UpstreamWatch atUpstream, long counted) {
		int calls = run.number("calls");
		int fresh = answers.fresh.get();
		int degraded = answers.degraded.get();
		List<List<Object>> rows = new ArrayList<>();
		answers.reasons.forEach((reason, count) -> rows.add(List.of(reason, count.get())));
		int late = answers.reasons.getOrDefault(AttemptTimeoutException.class.getSimpleName(), new AtomicInteger())
			.get();
		return RunResult.builder()
			.headline("%d calls, %d answers: %d fresh, %d degraded".formatted(calls, fresh + degraded, fresh, degraded))
			.count("fresh answers", fresh)
			.count("degraded answers", degraded)
			.count("calls that the upstream failed", atUpstream.failed())
			.count("calls that took longer than the timeout", late)
			.table("Why an answer was degraded", List.of("the call failed with", "answers"), rows)
			.proof("Every call has an answer", "%d of %d".formatted(fresh + degraded, calls), fresh + degraded == calls)
			.proof("The policy has counted the degraded ones", "%d, of %d in this run".formatted(counted, degraded),
					counted >= degraded)
			.proof("Whatever the upstream failed was answered all the same",
					"%d failures and %s of timeout".formatted(atUpstream.failed(),
							this.policy.getTimeout().map(Timings::text).orElse("no")),
					degraded >= atUpstream.failed() && fresh <= atUpstream.served() - atUpstream.failed())
			.build();
	}

	// tag::run[]

	/**
	 * What an application would have: a method under a policy, and one that answers in
	 * its place.
	 */
	@Component
	static class Offers {

		private final UpstreamClient upstream;

		Offers(UpstreamClient upstream) {
			this.upstream = upstream;
		}

		@ApplyPolicy(value = "offers", fallbackMethod = "lastKnown")
		Item offer(UpstreamRequest request, Lane lane, Answers answers) throws Exception {
			return lane.piece(null, () -> this.upstream.item(request));
		}

		Item lastKnown(UpstreamRequest request, Lane lane, Answers answers, Exception failure) {
			answers.degraded(lane, failure);
			return new Item(request.id(), "last known offer");
		}

	}
	// end::run[]

	private record Call(Lane lane, UpstreamRequest request) {

	}

	/**
	 * The answers of a run.
	 */
	static final class Answers {

		private final PatternRun run;

		private final AtomicInteger fresh = new AtomicInteger();

		private final AtomicInteger degraded = new AtomicInteger();

		private final Map<String, AtomicInteger> reasons = new ConcurrentSkipListMap<>();

		private Answers(PatternRun run) {
			this.run = run;
		}

		private void add(Item item) {
			boolean isFresh = item.name().equals("item " + item.id());
			AtomicInteger count = isFresh ? this.fresh : this.degraded;
			this.run.plot("answers so far", isFresh ? "fresh" : "degraded", Shape.STEPS, count.incrementAndGet());
		}

		private void degraded(Lane lane, Exception failure) {
			this.reasons.computeIfAbsent(failure.getClass().getSimpleName(), (reason) -> new AtomicInteger())
				.incrementAndGet();
			this.run.mark(lane, DEGRADED);
		}

	}

}
