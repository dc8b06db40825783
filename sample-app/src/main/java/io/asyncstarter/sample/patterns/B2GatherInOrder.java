package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpServerErrorException;

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
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.Tasks;

/**
 * Gather in order.
 */
@Component
class B2GatherInOrder implements Pattern {

	private static final String SUCCEED = "all succeed";

	private static final String FAILS = "one fails";

	private static final String CANCELLED = "the caller is cancelled";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	B2GatherInOrder(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B2", "Gather in order")
			.summary("""
					All calls are made at once, and the results are in the order of the calls, whichever ends first. \
					The first failure is thrown as it is, and cancels the others; they have ended by then. A \
					caller that is cancelled takes all calls with it.""")
			.useWhen("""
					All results are needed, and one that is missing makes the others useless. In asyncio, gather \
					leaves the others running after a failure; here it does not.""")
			.docs("tasks")
			.asyncio("gather", """
					items = await asyncio.gather(
					    *(fetch(i) for i in range(calls)))
					""")
			.parameter(Parameter.choice("ends", "How it goes", SUCCEED, FAILS, CANCELLED))
			.parameter(Parameter.number("calls", 8, 2, 50, "How many calls, each faster than the one before"))
			.parameter(Parameter.millis("step", 80, 10, 1000, "By how much"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int calls = run.number("calls");
		boolean fails = run.choice("ends").equals(FAILS);
		CountDownLatch underWay = new CountDownLatch(fails ? calls - 1 : calls);
		Queue<Integer> ended = new ConcurrentLinkedQueue<>();
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls at the upstream", now))
			.onArrival(underWay::countDown)) {
			List<Callable<Item>> works = new ArrayList<>();
			for (int i = 1; i <= calls; i++) {
				int id = i;
				Lane lane = run.lane("", "call " + i);
				UpstreamRequest request = request(run, i);
				works.add(() -> lane.call(() -> {
					if (fails && id == calls) {
						// once all others are under way
						underWay.await();
					}
					Item item = this.upstream.item(request);
					ended.add(id);
					return item;
				}));
			}
			long start = System.nanoTime();
			Outcome<List<Item>> outcome = run.choice("ends").equals(CANCELLED) ? cancelled(works, underWay)
					: Outcome.of(() -> this.tasks.gather(works));
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			boolean idle = atUpstream.awaitIdle(Duration.ofSeconds(2));
			return result(run, outcome, List.copyOf(ended), took, idle);
		}
	}

	// somebody who gathers, and is cancelled when all calls are under way
	private Outcome<List<Item>> cancelled(List<Callable<Item>> works, CountDownLatch underWay)
			throws InterruptedException {
		Subtask<List<Item>> caller = this.tasks.inGroup("callers", (group) -> {
			Subtask<List<Item>> forked = group.fork("the caller", () -> this.tasks.gather(works));
			underWay.await();
			forked.cancel();
			return forked;
		});
		return (caller.state() == Subtask.State.CANCELLED)
				? Outcome.failed(new CancellationException("the caller was interrupted")) : Outcome.of(caller::get);
	}
	// end::run[]

	private static UpstreamRequest request(PatternRun run, int i) {
		boolean fails = run.choice("ends").equals(FAILS) && i == run.number("calls");
		// none ends before the caller is cancelled or the call fails
		int steps = run.choice("ends").equals(SUCCEED) ? run.number("calls") - i + 1 : 100;
		return UpstreamRequest.of(run.id(), i)
			.latency(fails ? Duration.ZERO : run.millis("step").multipliedBy(steps))
			.failFirst(fails ? 1 : 0);
	}

	private static RunResult result(PatternRun run, Outcome<List<Item>> outcome, List<Integer> ended, Duration took,
			boolean idle) {
		int calls = run.number("calls");
		LaneCounts counts = run.counts("");
		List<Integer> order = outcome.map((items) -> items.stream().map(Item::id).toList()).orElse(List.of());
		String got = outcome.fold((items) -> items.size() + " items", (ex) -> ex.getClass().getSimpleName());
		RunResult.Builder result = RunResult.builder()
			.headline("%d calls at once: %s after %s; %d done, %d failed, %d cancelled".formatted(calls, got,
					Timings.text(took), counts.done(), counts.failed(), counts.cancelled()))
			.time("all of them", took)
			.table("Order", List.of("what", "numbers of the calls"), List
				.of(List.of("the calls ended", ended.toString()), List.of("the results are", order.toString())));
		switch (run.choice("ends")) {
			case FAILS -> result
				.proof("The failure is thrown as it is", got,
						outcome.failure().filter((ex) -> ex instanceof HttpServerErrorException).isPresent())
				.proof("The others are cancelled", counts.cancelled() + " cancelled", counts.cancelled() == calls - 1);
			case CANCELLED ->
				result.proof("All calls are cancelled with their caller", counts.cancelled() + " cancelled",
						outcome instanceof Outcome.Cancelled && counts.cancelled() == calls);
			default -> result
				.proof("Results are in the order of the calls", order,
						order.size() == calls && order.equals(order.stream().sorted().toList()))
				.proof("They do not end in that order", ended, ended.size() == calls && !ended.equals(order));
		}
		return result.proof("Nothing is left at the upstream", idle ? "nothing" : "still busy", idle).build();
	}

}
