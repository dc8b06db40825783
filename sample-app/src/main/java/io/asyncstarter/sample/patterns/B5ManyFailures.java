package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpServerErrorException;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sync.Barrier;
import io.asyncstarter.task.TaskGroup;
import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

/**
 * Many failures at once, handled by their type.
 */
@Component
class B5ManyFailures implements Pattern {

	private static final String UNAVAILABLE = "the upstream was unavailable";

	private static final String LATE = "too late";

	private static final String UNHANDLED = "nobody handled it";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	B5ManyFailures(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B5", "Many failures at once")
			.summary("""
					Of several tasks, several may fail. The exception of a group has all failures, those of a group \
					inside as one with its own inside. Each type is handled once, with all of its failures, however \
					deep they are; what nobody handles is thrown on.""")
			.useWhen("""
					It matters what failed: some failures are to be counted, some to be told to the user. If the \
					first one is enough, gather throws it as it is.""")
			.docs("tasks")
			.asyncio("ExceptionGroup, except*", """
					try:
					    async with asyncio.TaskGroup() as group:
					        ...
					except* ServerError as group:
					    unavailable(group.exceptions)
					except* TimeoutError as group:
					    late(group.exceptions)
					""")
			.parameter(Parameter.number("unavailable", 2, 1, 20, "Calls that the upstream fails"))
			.parameter(Parameter.number("late", 2, 1, 20, "Calls that take too long, in a group inside"))
			.parameter(Parameter.flag("bodyFails", true, "Whether the body fails as well, by what nobody handles"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int failing = run.number("unavailable") + run.number("late") + (run.flag("bodyFails") ? 1 : 0);
		// nobody fails before all others are about to: a failure cancels who is at work
		Barrier allAtOnce = new Barrier(failing);
		List<List<Object>> handled = new ArrayList<>();
		Map<String, Integer> counts = new LinkedHashMap<>();
		TaskGroupException raised = null;
		TaskGroupException rest = null;
		try {
			page(run, allAtOnce);
		}
		catch (TaskGroupException ex) {
			raised = ex;
		}
		try {
			if (raised != null) {
				raised
					.handle(HttpServerErrorException.class,
							(failures) -> handle(UNAVAILABLE, failures, handled, counts))
					.handle(DeadlineExceededException.class, (failures) -> handle(LATE, failures, handled, counts))
					.rethrow();
			}
		}
		catch (TaskGroupException ex) {
			rest = ex;
			handle(UNHANDLED, ex.failures(), handled, counts);
		}
		return result(run, raised, rest, handled, counts);
	}

	private void page(PatternRun run, Barrier allAtOnce) throws InterruptedException {
		this.tasks.inGroup("page", (group) -> {
			for (int i = 1; i <= run.number("unavailable"); i++) {
				UpstreamRequest request = UpstreamRequest.of(run.id(), i).failFirst(1);
				fork(group, run.lane("page", "call " + i), allAtOnce, () -> this.upstream.item(request));
			}
			group.fork("offers", () -> this.tasks.inGroup("offers", (offers) -> {
				for (int i = 1; i <= run.number("late"); i++) {
					UpstreamRequest request = UpstreamRequest.of(run.id(), i).latency(Duration.ofSeconds(10));
					fork(offers, run.lane("offers, a group inside", "call " + i), allAtOnce,
							() -> this.tasks.withTimeout(Duration.ofMillis(100), () -> this.upstream.item(request)));
				}
				return "offers";
			}));
			if (run.flag("bodyFails")) {
				fail(run.lane("page", "the body"), allAtOnce, () -> {
					throw new IllegalStateException("The page has no title");
				});
			}
			return null;
		});
	}

	private static void fork(TaskGroup group, Lane lane, Barrier allAtOnce, Callable<?> work) {
		group.fork(() -> fail(lane, allAtOnce, work));
	}

	private static @Nullable Object fail(Lane lane, Barrier allAtOnce, Callable<?> work) throws Exception {
		try {
			return lane.call(work);
		}
		catch (HttpServerErrorException | DeadlineExceededException | IllegalStateException ex) {
			allAtOnce.await();
			throw ex;
		}
	}

	private static void handle(String what, List<? extends Throwable> failures, List<List<Object>> handled,
			Map<String, Integer> counts) {
		counts.merge(what, 1, Integer::sum);
		failures.forEach((failure) -> handled
			.add(List.of(what, failure.getClass().getSimpleName(), String.valueOf(failure.getMessage()))));
	}
	// end::run[]

	private static RunResult result(PatternRun run, @Nullable TaskGroupException raised,
			@Nullable TaskGroupException rest, List<List<Object>> handled, Map<String, Integer> calls) {
		List<Throwable> all = (raised != null) ? raised.failures(Throwable.class) : List.of();
		long unavailable = handled.stream().filter((row) -> row.get(0).equals(UNAVAILABLE)).count();
		long late = handled.stream().filter((row) -> row.get(0).equals(LATE)).count();
		long left = (rest != null) ? rest.failures(Throwable.class).size() : 0;
		int unhandled = run.flag("bodyFails") ? 1 : 0;
		long inside = (raised != null)
				? raised.failures().stream().filter((failure) -> failure instanceof TaskGroupException).count() : 0;
		return RunResult.builder()
			.headline("%d failures in one exception: %d unavailable, %d late, %d thrown on".formatted(all.size(),
					unavailable, late, left))
			.count("failures", all.size())
			.count("handled because unavailable", unavailable)
			.count("handled because late", late)
			.count("thrown on", left)
			.table("Every failure, and what it was handled as", List.of("handled as", "type", "message"), handled)
			.proof("No failure is lost",
					"%d of %d".formatted(all.size(), run.number("unavailable") + run.number("late") + unhandled),
					all.size() == run.number("unavailable") + run.number("late") + unhandled)
			.proof("A group inside stays a group", "%d inside".formatted(inside), inside == 1)
			.proof("Each type is handled once, with all of its failures",
					"%d and %d in %s calls".formatted(unavailable, late, calls.values()),
					unavailable == run.number("unavailable") && late == run.number("late")
							&& calls.values().stream().allMatch((times) -> times == 1))
			.proof("What nobody handles is thrown on, and nothing else", left + " thrown on", left == unhandled)
			.build();
	}

}
