package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;

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
import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

/**
 * A task group.
 */
@Component
class B4TaskGroup implements Pattern {

	private static final String CHILDREN = "children";

	private static final String BODY = "body";

	private static final String CHILD_FAILS = "one child fails";

	private static final String BODY_FAILS = "the body fails";

	private static final String CALLER_CANCELS = "the caller is cancelled";

	private static final String ALL_SUCCEED = "all succeed";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	B4TaskGroup(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B4", "Task group")
			.summary("""
					Tasks that belong together begin and end together. When the block is left, for whichever reason, \
					all of them have ended. One failure cancels the other children and the body; a body that fails, \
					or a caller that is cancelled, cancels the children. Nothing is left running by accident.""")
			.useWhen("""
					Several things are to be done for one purpose, and half of them is of no use. The body runs on \
					the caller's own thread, so transaction, security and logging context stay. If each result \
					counts by itself, take settle (B3).""")
			.docs("tasks")
			.asyncio("TaskGroup", """
					async with asyncio.TaskGroup() as group:
					    for i in range(children):
					        group.create_task(fetch(i))
					    await fetch_header()     # the body
					# here, all of them have ended
					""")
			.parameter(Parameter.choice("ends", "How it goes", CHILD_FAILS, BODY_FAILS, CALLER_CANCELS, ALL_SUCCEED))
			.parameter(Parameter.number(CHILDREN, 6, 2, 50, "How many children there are"))
			.parameter(Parameter.millis("latency", 1500, 100, 10_000, "How long each of them would take"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		boolean failure = run.choice("ends").equals(CHILD_FAILS) || run.choice("ends").equals(BODY_FAILS);
		// the children and the body, but for the one that is going to fail
		CountDownLatch underWay = new CountDownLatch(run.number(CHILDREN) + (failure ? 0 : 1));
		AtomicInteger atWork = new AtomicInteger();
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls at the upstream", now))
			.onArrival(underWay::countDown)) {
			long start = System.nanoTime();
			Outcome<?> outcome = run.choice("ends").equals(CALLER_CANCELS) ? cancelled(run, underWay, atWork)
					: Outcome.of(() -> page(run, underWay, atWork));
			int left = atWork.get();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			boolean idle = atUpstream.awaitIdle(run.millis("latency").dividedBy(2));
			return result(run, outcome, left, idle, took);
		}
	}

	private String page(PatternRun run, CountDownLatch underWay, AtomicInteger atWork) throws InterruptedException {
		return this.tasks.inGroup("page", (group) -> {
			for (int i = 1; i <= run.number(CHILDREN); i++) {
				boolean fails = i == 2 && run.choice("ends").equals(CHILD_FAILS);
				Callable<Item> call = part(run, i, fails, underWay);
				Lane lane = run.lane(CHILDREN, "child " + i);
				group.fork("child " + i, () -> work(lane, atWork, call));
			}
			// the body has work of its own, on the thread of its caller
			boolean fails = run.choice("ends").equals(BODY_FAILS);
			Callable<Item> header = part(run, 0, fails, underWay);
			return work(run.lane(BODY, "the body"), atWork, header).name();
		});
	}

	private Callable<Item> part(PatternRun run, int id, boolean fails, CountDownLatch underWay) {
		UpstreamRequest request = UpstreamRequest.of(run.id(), id).latency(run.millis("latency"));
		if (!fails) {
			return () -> this.upstream.item(request);
		}
		return () -> {
			underWay.await();
			return this.upstream.item(request.latency(Duration.ZERO).failFirst(1));
		};
	}

	private static Item work(Lane lane, AtomicInteger atWork, Callable<Item> work) throws Exception {
		atWork.incrementAndGet();
		try {
			return lane.call(work);
		}
		finally {
			atWork.decrementAndGet();
		}
	}

	// somebody who calls for the page, and is cancelled when all of it is under way
	private Outcome<?> cancelled(PatternRun run, CountDownLatch underWay, AtomicInteger atWork)
			throws InterruptedException {
		Subtask<String> caller = this.tasks.inGroup("callers", (group) -> {
			Subtask<String> subtask = group.fork("the caller", () -> page(run, underWay, atWork));
			underWay.await();
			run.mark("the caller is cancelled");
			subtask.cancel();
			return subtask;
		});
		return (caller.state() == Subtask.State.CANCELLED)
				? Outcome.failed(new CancellationException("the caller was interrupted")) : Outcome.of(caller::get);
	}
	// end::run[]

	private static RunResult result(PatternRun run, Outcome<?> outcome, int left, boolean idle, Duration took) {
		String ends = run.choice("ends");
		LaneCounts children = run.counts(CHILDREN);
		LaneCounts body = run.counts(BODY);
		String got = switch (outcome) {
			case Outcome.Success<?> success -> "the page, '%s'".formatted(success.value());
			case Outcome.Failure<?> failure -> failure.exception().getClass().getSimpleName() + " of "
					+ ((failure.exception() instanceof TaskGroupException ex) ? ex.failures().size() : 1);
			case Outcome.Cancelled<?> cancelled -> "nothing: " + cancelled.exception().getMessage();
		};
		RunResult.Builder result = RunResult.builder()
			.headline("%s: of %d children, %d done, %d failed, %d cancelled, %d left behind, after %s".formatted(ends,
					run.number(CHILDREN), children.done(), children.failed(), children.cancelled(), left,
					Timings.text(took)))
			.time("the group", took)
			.count("children that were cancelled", children.cancelled())
			.proof("All have ended when the group is left", left + " at work", left == 0)
			.proof("Nor does the upstream work on for them", idle ? "nothing left there" : "still busy", idle);
		int all = run.number(CHILDREN);
		switch (ends) {
			case CHILD_FAILS -> result
				.proof("One failure cancels the other children and the body",
						"%d and %d cancelled".formatted(children.cancelled(), body.cancelled()),
						children.failed() == 1 && children.cancelled() == all - 1 && body.cancelled() == 1)
				.proof("The caller gets the failure", got, isGroupFailure(outcome));
			case BODY_FAILS -> result
				.proof("A body that fails cancels all children", "%d cancelled".formatted(children.cancelled()),
						body.failed() == 1 && children.cancelled() == all)
				.proof("The caller gets the failure", got, isGroupFailure(outcome));
			case CALLER_CANCELS -> result
				.proof("A caller that is cancelled takes children and body with it",
						"%d and %d cancelled".formatted(children.cancelled(), body.cancelled()),
						children.cancelled() == all && body.cancelled() == 1)
				.proof("The caller ends as cancelled", got, outcome instanceof Outcome.Cancelled);
			default -> result.proof("The caller gets the result", got, outcome.isSuccess() && children.done() == all);
		}
		if (!ends.equals(ALL_SUCCEED)) {
			result.proof("Nobody waits for what is of no use any more",
					"%s, of %s".formatted(Timings.text(took), Timings.text(run.millis("latency"))),
					took.compareTo(run.millis("latency")) < 0);
		}
		return result.build();
	}

	private static boolean isGroupFailure(Outcome<?> outcome) {
		return outcome instanceof Outcome.Failure<?> failure && failure.exception() instanceof TaskGroupException ex
				&& ex.failures().size() == 1;
	}

}
