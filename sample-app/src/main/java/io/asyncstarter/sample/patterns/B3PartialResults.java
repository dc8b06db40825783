package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpServerErrorException;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Outcome;
import io.asyncstarter.task.Tasks;

/**
 * Partial results.
 */
@Component
class B3PartialResults implements Pattern {

	private final Tasks tasks;

	private final UpstreamClient upstream;

	B3PartialResults(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B3", "Partial results")
			.summary("""
					All calls are made at once, and each has an outcome: a result, or what it failed with. The list \
					of outcomes is in the order of the calls. A failure cancels nothing, and cannot be overlooked: \
					a result is not to be had without saying what happens if there is none.""")
			.useWhen("""
					Each result counts by itself: a page with seven of eight boxes is a page. With a deadline for \
					all of them, what is late has failed by then, and the others are there.""")
			.docs("tasks")
			.asyncio("gather(return_exceptions=True)", """
					outcomes = await asyncio.gather(
					    *(fetch(i) for i in range(calls)),
					    return_exceptions=True)
					for outcome in outcomes:
					    if isinstance(outcome, Exception):
					        ...
					""")
			.parameter(Parameter.number("calls", 8, 2, 50, "How many calls"))
			.parameter(Parameter.number("every", 3, 2, 50, "Every which of them fails"))
			.parameter(Parameter.millis("latency", 60, 1, 1000, "How long the fastest takes"))
			.parameter(Parameter.flag("late", true, "Whether the last one takes too long"))
			.parameter(Parameter.millis("deadline", 800, 50, 10_000, "What all of them together have"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		List<Callable<Item>> calls = new ArrayList<>();
		for (int i = 1; i <= run.number("calls"); i++) {
			UpstreamRequest request = UpstreamRequest.of(run.id(), i)
				.latency(isLate(run, i) ? run.millis("deadline").multipliedBy(10)
						: run.millis("latency").multipliedBy(1 + i % 4))
				.failFirst(isFailing(run, i) ? 1 : 0);
			Lane lane = run.lane("", "call " + i);
			calls.add(Tasks.named("call " + i, () -> lane.call(() -> this.upstream.item(request))));
		}
		long start = System.nanoTime();
		List<Outcome<Item>> outcomes = this.tasks.using("boxes", (options) -> options.deadline(run.millis("deadline")))
			.settle(calls);
		Duration took = Duration.ofNanos(System.nanoTime() - start);

		List<List<Object>> rows = new ArrayList<>();
		for (Outcome<Item> outcome : outcomes) {
			List<Object> row = switch (outcome) {
				case Outcome.Success<Item>(Item item) -> List.of("call " + item.id(), "success", item.name());
				case Outcome.Failure<Item>(Throwable ex) ->
					List.of("call " + (rows.size() + 1), "failure", String.valueOf(ex.getMessage()));
				case Outcome.Cancelled<Item>(Exception ex) ->
					List.of("call " + (rows.size() + 1), "cancelled", String.valueOf(ex.getMessage()));
			};
			rows.add(row);
		}
		// end::run[]
		return result(run, outcomes, rows, took);
	}

	private static boolean isLate(PatternRun run, int i) {
		return run.flag("late") && i == run.number("calls");
	}

	private static boolean isFailing(PatternRun run, int i) {
		return !isLate(run, i) && i % run.number("every") == 0;
	}

	private static RunResult result(PatternRun run, List<Outcome<Item>> outcomes, List<List<Object>> rows,
			Duration took) {
		int results = 0;
		int right = 0;
		int late = 0;
		for (int i = 1; i <= outcomes.size(); i++) {
			int id = i;
			Outcome<Item> outcome = outcomes.get(i - 1);
			boolean isLate = outcome.failure().filter((ex) -> ex instanceof DeadlineExceededException).isPresent();
			results += outcome.isSuccess() ? 1 : 0;
			late += isLate ? 1 : 0;
			boolean expected = isLate(run, i) ? isLate : outcome.fold((item) -> item.id() == id && !isFailing(run, id),
					(ex) -> ex instanceof HttpServerErrorException && isFailing(run, id));
			right += expected ? 1 : 0;
		}
		int calls = run.number("calls");
		RunResult.Builder result = RunResult.builder()
			.headline("%d of %d calls have a result, %d have failed, %d of them because they were late"
				.formatted(results, calls, calls - results, late))
			.count("results", results)
			.count("failures", outcomes.size() - results)
			.time("all of them", took)
			.table("Outcomes, in the order of the calls", List.of("position", "outcome", "what"), rows)
			.proof("Every call has an outcome", "%d of %d".formatted(outcomes.size(), calls), outcomes.size() == calls)
			.proof("Results and failures are where their calls were", "%d of %d".formatted(right, calls),
					right == calls)
			.proof("A failure cancels nothing", "%d of the others done".formatted(run.counts("").done()),
					run.counts("").done() == results && results > 0);
		if (run.flag("late")) {
			result.proof("What is late has failed by the deadline, and not before", Timings.text(took),
					late == 1 && took.compareTo(run.millis("deadline")) >= 0);
		}
		return result.build();
	}

}
