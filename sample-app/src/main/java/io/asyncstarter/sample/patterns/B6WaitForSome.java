package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Future;

import org.springframework.stereotype.Component;

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
import io.asyncstarter.task.Awaited;
import io.asyncstarter.task.Tasks;
import io.asyncstarter.task.Until;

/**
 * Wait for some.
 */
@Component
class B6WaitForSome implements Pattern {

	// long enough for everything else to happen before
	private static final Duration HANGING = Duration.ofSeconds(10);

	private final BoundedExecutors executors;

	private final Tasks tasks;

	private final UpstreamClient upstream;

	B6WaitForSome(BoundedExecutors executors, Tasks tasks, UpstreamClient upstream) {
		this.executors = executors;
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B6", "Wait for some")
			.summary("""
					Of several calls that are under way, wait for the first to end, for the first to fail, or for \
					all, and not longer than a time. The answer is which have ended and which have not; none of \
					them is touched, so what to do with the rest is up to the caller.""")
			.useWhen("""
					The calls were started by somebody else, or are waited for in several steps. To have the first \
					result and be rid of the others, race them (B8); to handle each as it ends, take them as they \
					come (B7).""")
			.yaml("async.executors.io")
			.docs("tasks")
			.asyncio("wait(FIRST_COMPLETED…)", """
					done, pending = await asyncio.wait(
					    tasks, return_when=asyncio.FIRST_COMPLETED)
					done, pending = await asyncio.wait(
					    tasks, return_when=asyncio.FIRST_EXCEPTION)
					done, pending = await asyncio.wait(tasks, timeout=0.3)
					for task in pending:
					    task.cancel()
					""")
			.parameter(Parameter.number("calls", 6, 3, 30,
					"How many calls: the last one but one fails, the last one hangs"))
			.parameter(Parameter.millis("step", 100, 10, 1000, "How much longer each takes than the one before"))
			.parameter(Parameter.flag("failing", true, "Whether one fails"))
			.parameter(Parameter.millis("timeout", 300, 1, 3000, "How long to wait for all of them"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int calls = run.number("calls");
		BoundedExecutor io = this.executors.get("io");
		List<Future<Item>> handles = new ArrayList<>();
		for (int i = 1; i <= calls; i++) {
			UpstreamRequest request = UpstreamRequest.of(run.id(), i)
				.latency((i == calls) ? HANGING : run.millis("step").multipliedBy(i))
				.failFirst((run.flag("failing") && i == calls - 1) ? 1 : 0);
			handles.add(run.submit(io, run.lane("", "call " + i), () -> this.upstream.item(request)));
		}
		List<Wait> waits = new ArrayList<>();

		long start = System.nanoTime();
		Awaited<Future<Item>> first = this.tasks.await(handles, Until.FIRST_COMPLETED);
		waits.add(Wait.of(run, "for the first to end", first, start));

		start = System.nanoTime();
		Awaited<Future<Item>> failed = this.tasks.await(handles, Until.FIRST_FAILED, Duration.ofSeconds(5));
		waits.add(Wait.of(run, "for the first to fail, 5 s at most", failed, start));

		start = System.nanoTime();
		Awaited<Future<Item>> all = this.tasks.await(handles, Until.ALL, run.millis("timeout"));
		waits.add(Wait.of(run, "for all, %d ms at most".formatted(run.number("timeout")), all, start));

		boolean untouched = all.pending().stream().noneMatch(Future::isDone);
		// what to do with the rest is up to the caller
		all.pending().forEach((late) -> late.cancel(true));
		Awaited<Future<Item>> rest = this.tasks.await(handles, Until.ALL);
		// end::run[]
		return result(run, handles, waits, untouched, rest.pending().size());
	}

	private static RunResult result(PatternRun run, List<Future<Item>> handles, List<Wait> waits, boolean untouched,
			int left) {
		List<List<Object>> rows = new ArrayList<>();
		boolean complete = true;
		for (Wait wait : waits) {
			rows.add(List.of(wait.what(), wait.sets().done().size(), wait.sets().pending().size(),
					Timings.text(wait.took())));
			LinkedHashSet<Future<Item>> both = new LinkedHashSet<>(wait.sets().done());
			both.addAll(wait.sets().pending());
			complete &= both.size() == handles.size()
					&& wait.sets().done().size() + wait.sets().pending().size() == handles.size();
		}
		Awaited<Future<Item>> first = waits.get(0).sets();
		Awaited<Future<Item>> failed = waits.get(1).sets();
		Wait all = waits.get(2);
		long failures = failed.done().stream().filter((call) -> call.state() == Future.State.FAILED).count();
		return RunResult.builder()
			.headline("Of %d calls, %d had ended after the first wait, %d after the second, %d after the third"
				.formatted(handles.size(), first.done().size(), failed.done().size(), all.sets().done().size()))
			.table("Three waits for the same calls", List.of("wait", "done", "pending", "took"), rows)
			.proof("Each call is either done or pending", "%d waits".formatted(waits.size()), complete)
			.proof("The first wait ends with the first call", first.done().size() + " done",
					!first.done().isEmpty() && !first.pending().isEmpty())
			.proof("The second ends with a failure, if there is one", failures + " failed",
					(failures > 0) == run.flag("failing"))
			.proof("The third ends with its time, and not before",
					"%s of %d ms".formatted(Timings.text(all.took()), run.number("timeout")),
					!all.sets().pending().isEmpty() && all.took().compareTo(run.millis("timeout")) >= 0)
			.proof("What is pending goes on untouched", untouched ? "at work" : "ended", untouched)
			.proof("Nothing is left, once the caller has cancelled it", left + " pending", left == 0)
			.build();
	}

	private record Wait(String what, Awaited<Future<Item>> sets, Duration took) {

		static Wait of(PatternRun run, String what, Awaited<Future<Item>> sets, long start) {
			run.mark("%s: %d done, %d pending".formatted(what, sets.done().size(), sets.pending().size()));
			return new Wait(what, sets, Duration.ofNanos(System.nanoTime() - start));
		}

	}

}
