package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.springframework.stereotype.Component;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Tasks;

/**
 * Results as they come.
 */
@Component
class B7AsCompleted implements Pattern {

	private static final String SUCCEED = "all succeed";

	private static final String FAILS = "one fails";

	private static final String LATE = "one is too late";

	private final BoundedExecutors executors;

	private final Tasks tasks;

	private final UpstreamClient upstream;

	B7AsCompleted(BoundedExecutors executors, Tasks tasks, UpstreamClient upstream) {
		this.executors = executors;
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B7", "Results as they come")
			.summary("""
					Calls are made at once and handled in the order in which they end, the fastest first. Failures \
					come in their turn like results: the handle says which it is. Waiting touches nothing, so when \
					the time is up, what is missing still goes on.""")
			.useWhen("""
					Something can be done with each result by itself: show it, store it, send it on. Handles may be \
					any futures, subtasks and background tasks, in any mix.""")
			.yaml("async.executors.io")
			.docs("tasks")
			.asyncio("as_completed", """
					tasks = [asyncio.create_task(fetch(i)) for i in range(calls)]
					async for task in asyncio.as_completed(tasks, timeout=5):
					    try:
					        show(await task)
					    except ServerError:
					        ...
					""")
			.parameter(Parameter.choice("ends", "How it goes", SUCCEED, FAILS, LATE))
			.parameter(Parameter.number("calls", 8, 3, 40, "How many calls, each slower than the one after it"))
			.parameter(Parameter.millis("step", 100, 20, 1000, "By how much"))
			.parameter(Parameter.millis("timeout", 3000, 50, 20_000, "How long to wait in all"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int calls = run.number("calls");
		BoundedExecutor io = this.executors.get("io");
		Map<Integer, Long> ends = new ConcurrentHashMap<>();
		IdentityHashMap<Future<Item>, Integer> handles = new IdentityHashMap<>();
		for (int i = 1; i <= calls; i++) {
			int id = i;
			UpstreamRequest request = request(run, i);
			Future<Item> handle = run.submit(io, run.lane("", "call " + i), () -> {
				try {
					return this.upstream.item(request);
				}
				finally {
					ends.put(id, System.nanoTime());
				}
			});
			handles.put(handle, i);
		}
		List<Arrival> arrivals = new ArrayList<>();
		boolean timeIsUp = false;
		try (Stream<Future<Item>> completed = this.tasks.asCompleted(handles.keySet(), run.millis("timeout"))) {
			completed.forEach((handle) -> {
				int call = handles.getOrDefault(handle, 0);
				String what = (handle.state() == Future.State.SUCCESS) ? handle.resultNow().name()
						: handle.exceptionNow().getClass().getSimpleName();
				run.item("call %d: %s".formatted(call, what));
				long pending = handles.keySet().stream().filter((other) -> !other.isDone()).count();
				arrivals.add(new Arrival(call, what, handle.state(), pending, System.nanoTime()));
			});
		}
		catch (DeadlineExceededException ex) {
			timeIsUp = true;
		}
		// end::run[]
		boolean untouched = handles.keySet().stream().noneMatch(Future::isCancelled);
		return result(run, arrivals, ends, timeIsUp, untouched);
	}

	private static UpstreamRequest request(PatternRun run, int i) {
		boolean late = i == 1 && run.choice("ends").equals(LATE);
		boolean fails = i == 2 && run.choice("ends").equals(FAILS);
		return UpstreamRequest.of(run.id(), i)
			.latency(late ? Duration.ofSeconds(10) : run.millis("step").multipliedBy(run.number("calls") - i + 1))
			.failFirst(fails ? 1 : 0);
	}

	private static RunResult result(PatternRun run, List<Arrival> arrivals, Map<Integer, Long> ends, boolean timeIsUp,
			boolean untouched) {
		int calls = run.number("calls");
		List<List<Object>> rows = new ArrayList<>();
		Timings waits = new Timings();
		boolean inOrder = true;
		long latest = Long.MIN_VALUE;
		for (Arrival arrival : arrivals) {
			long end = ends.getOrDefault(arrival.call(), 0L);
			// two that end at about the same time have no order
			inOrder &= latest == Long.MIN_VALUE || end - latest > -run.millis("step").toNanos() / 2;
			latest = Math.max(latest, end);
			waits.add(arrival.at() - end);
			rows.add(List.of("call " + arrival.call(), arrival.what(), arrival.pending(),
					Timings.text(Duration.ofNanos(arrival.at() - end))));
		}
		long failed = arrivals.stream().filter((arrival) -> arrival.state() == Future.State.FAILED).count();
		RunResult.Builder result = RunResult.builder()
			.headline("%d of %d calls came, call %d first, while %d were still under way".formatted(arrivals.size(),
					calls, arrivals.getFirst().call(), arrivals.getFirst().pending()))
			.count("results", arrivals.size() - failed)
			.count("failures", failed)
			.time("from a call's end to its handling, at most", waits.max())
			.table("In the order of arrival", List.of("call", "what", "still under way", "handled after its end"), rows)
			.proof("The first is handled while others are under way", arrivals.getFirst().pending() + " under way",
					arrivals.getFirst().pending() > 0)
			.proof("They come in the order in which they end, not in which they began",
					"call %d … call %d".formatted(arrivals.getFirst().call(), arrivals.getLast().call()),
					inOrder && arrivals.getFirst().call() != 1);
		return switch (run.choice("ends")) {
			case LATE -> result
				.proof("When the time is up, the wait ends, and all but one have come",
						"%d of %d".formatted(arrivals.size(), calls), timeIsUp && arrivals.size() == calls - 1)
				.proof("What is late goes on untouched", untouched ? "not cancelled" : "cancelled", untouched)
				.build();
			case FAILS ->
				result
					.proof("A failure comes in its turn, and stops nothing", failed + " failure",
							failed == 1 && arrivals.size() == calls)
					.build();
			default -> result
				.proof("Every call comes once", "%d of %d".formatted(arrivals.size(), calls),
						arrivals.stream().map(Arrival::call).distinct().count() == calls && arrivals.size() == calls)
				.build();
		};
	}

	private record Arrival(int call, String what, Future.State state, long pending, long at) {

	}

}
