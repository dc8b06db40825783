package io.asyncstarter.sample.patterns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.BulkheadFullException;
import io.asyncstarter.policy.FairBulkhead;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicyStats;
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

/**
 * A concurrency limit: a bulkhead.
 */
@Component
class D5Bulkhead implements Pattern {

	private static final String BLOCKING = "callers that block";

	private static final String REACTIVE = "callers that do not";

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	private final Policy warehouse;

	D5Bulkhead(BoundedExecutors executors, Policies policies, UpstreamClient upstream, UpstreamLoad load) {
		this.executors = executors;
		this.upstream = upstream;
		this.load = load;
		this.warehouse = policies.get("warehouse");
	}

	@Override
	public PatternInfo info() {
		FairBulkhead bulkhead = this.warehouse.getBulkhead().orElseThrow();
		return PatternInfo.of("D5", "Concurrency limit")
			.summary("""
					So many calls are in flight at once, whoever makes them; others wait in line, for a while. \
					Callers that block and callers that do not stand in the same line, and the latter hold no \
					thread while they wait.""")
			.useWhen("""
					The other side bears so much at once: a connection pool, a small service. It also keeps one slow \
					upstream from taking all threads of those who call it. Bound the wait too: who waits longer \
					than anybody wants the answer, waits in vain.""")
			.yaml("async.policies.warehouse")
			.docs("policies/bulkhead")
			.asyncio("Semaphore", """
					permits = asyncio.Semaphore(4)

					async def call(item):
					    async with asyncio.timeout(max_wait):
					        await permits.acquire()
					    try:
					        return await fetch(item)
					    finally:
					        permits.release()
					""")
			.parameter(Parameter.number("callers", 12, 1, 100, "Callers of each kind"))
			.parameter(Parameter.number("bound", bulkhead.getMaxConcurrency(), 1, 50, "Calls in flight at once"))
			.parameter(Parameter.millis("maxWait", (int) bulkhead.getMaxWait().toMillis(), 0, 10_000,
					"How long a caller waits in line"))
			.parameter(Parameter.millis("latency", 130, 1, 2000, "How long the upstream takes for a call"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int bound = run.number("bound");
		// async.policies.warehouse, with the numbers of this run
		Policy policy = Policy.builder("warehouse")
			.settings(this.warehouse.getSettings())
			.bulkhead(bound, run.millis("maxWait"))
			.build();
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> {
			run.gauge("calls in flight, seen by the upstream", now, bound);
			run.gauge("callers in line", bulkhead.getWaitingCount());
		})) {
			List<Future<?>> blocking = new ArrayList<>();
			for (int i = 1; i <= run.number("callers"); i++) {
				UpstreamRequest request = UpstreamRequest.of(run.id(), i).latency(run.millis("latency"));
				Lane lane = run.lane(BLOCKING, "caller " + i).queued();
				blocking.add(run.submit(this.executors.get("io"), () -> {
					Callable<Item> call = () -> lane.call(() -> this.upstream.item(request));
					return lane.waiting("for a permit").track(() -> policy.call(call));
				}));
			}

			List<CompletableFuture<?>> reactive = new ArrayList<>();
			AtomicInteger begun = new AtomicInteger();
			for (int i = 1; i <= run.number("callers"); i++) {
				UpstreamRequest request = UpstreamRequest.of(run.id(), i).latency(run.millis("latency"));
				Lane lane = run.lane(REACTIVE, "caller " + i).waiting("for a permit");
				Mono<Item> call = Mono.defer(() -> {
					begun.incrementAndGet();
					return lane.mono(this.upstream.itemMono(request));
				});
				reactive.add(run.keep(lane.track(policy.mono(call)).toFuture()));
			}
			int inLine = run.number("callers") - begun.get();

			int refused = refused(blocking) + refused(reactive);
			// end::run[]
			return result(run, policy, atUpstream, inLine, refused);
		}
	}

	// tag::run[]

	private static int refused(List<? extends Future<?>> callers) throws Exception {
		int refused = 0;
		for (Future<?> caller : callers) {
			try {
				caller.get();
			}
			catch (ExecutionException ex) {
				refused += (ex.getCause() instanceof BulkheadFullException) ? 1 : 0;
			}
		}
		return refused;
	}
	// end::run[]

	private static RunResult result(PatternRun run, Policy policy, UpstreamWatch atUpstream, int inLine, int refused) {
		int bound = run.number("bound");
		int callers = 2 * run.number("callers");
		LaneCounts blocking = run.counts(BLOCKING);
		LaneCounts reactive = run.counts(REACTIVE);
		int answered = blocking.done() + reactive.done();
		PolicyStats.Waited waited = policy.getStats().waited(PolicyEventKind.WAITED_FOR_BULKHEAD);
		return RunResult.builder()
			.headline("%d callers, never more than %d calls in flight; %d answered, %d refused after %s"
				.formatted(callers, atUpstream.peak(), answered, refused, Timings.text(run.millis("maxWait"))))
			.count("most in flight, seen by the upstream", atUpstream.peak())
			.count("callers that waited in line", waited.count())
			.time("longest wait in line", waited.longest())
			.count("refused, of those that block", blocking.failed())
			.count("refused, of those that do not", reactive.failed())
			.proof("Never more in flight than the bound", "%d of %d".formatted(atUpstream.peak(), bound),
					atUpstream.peak() <= bound)
			.proof("Reactive callers wait in line without a thread",
					"%d of %d were in line when the one thread had asked for all".formatted(inLine,
							run.number("callers")),
					inLine > 0)
			.proof("Each caller is answered, or refused and told so",
					"%d + %d of %d".formatted(answered, refused, callers), answered + refused == callers)
			.proof("The upstream saw those that had a permit", "%d calls".formatted(atUpstream.served()),
					atUpstream.served() == answered)
			.build();
	}

}
