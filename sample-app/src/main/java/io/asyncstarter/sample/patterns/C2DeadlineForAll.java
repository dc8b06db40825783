package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.springframework.stereotype.Component;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;

/**
 * One deadline for a piece of work and for all that it calls.
 */
@Component
class C2DeadlineForAll implements Pattern {

	private static final String STEPS = "one after another, on the caller's thread";

	private static final String TASKS = "at once, on the executor 'io'";

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	C2DeadlineForAll(BoundedExecutors executors, UpstreamClient upstream) {
		this.executors = executors;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("C2", "Overall deadline, inherited by children")
			.summary("""
					A page has so much time, whatever it is made of. Each part may ask for a time of its own and gets \
					that or what is left, whichever is less; so the shares shrink, and nothing goes on when the \
					page is over. The deadline follows the work to other threads by itself.""")
			.useWhen("""
					Several calls together answer one request. Timeouts that are set call by call add up to \
					something that nobody has promised; a deadline does not.""")
			.yaml("async.executors.io")
			.docs("deadlines")
			.asyncio("nested timeouts", """
					async with asyncio.timeout(0.8):
					    for part in parts:
					        # whichever is over first
					        async with asyncio.timeout(0.4):
					            await fetch(part)
					""")
			.parameter(Parameter.millis("deadline", 800, 50, 10_000, "What the page has"))
			.parameter(Parameter.millis("asked", 400, 10, 10_000,
					"What each of its parts asks for, where they come one after another"))
			.parameter(Parameter.millis("latency", 250, 1, 10_000, "How long the upstream takes for a part"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Queue<Share> shares = new ConcurrentLinkedQueue<>();
		run.note("Parts that need one another: one after another, each within a time of its own");
		Page steps = page(run, STEPS, List.of(), () -> {
			for (String part : List.of("customer", "basket", "prices", "offers", "reviews")) {
				part(run, STEPS, part, run.millis("latency"), run.millis("asked"), shares);
			}
		});

		run.note("Parts that do not: at once, on other threads. The deadline goes with them");
		BoundedExecutor io = this.executors.get("io");
		List<Future<?>> parts = new ArrayList<>();
		Page tasks = page(run, TASKS, parts, () -> {
			for (int i = 1; i <= 5; i++) {
				Duration latency = run.millis("latency").multipliedBy(i);
				String name = "part " + i;
				parts.add(run.submit(io, () -> part(run, TASKS, name, latency, Duration.ofHours(1), shares)));
			}
			for (Future<?> part : parts) {
				part.get();
			}
		});
		// end::run[]
		return result(run, List.copyOf(shares), steps, tasks);
	}

	// tag::run[]

	private Page page(PatternRun run, String group, List<Future<?>> parts, Work work) throws Exception {
		Lane lane = run.lane(group, "the page").running(null).due(run.millis("deadline"));
		long start = System.nanoTime();
		boolean expired;
		try {
			expired = Deadline.moveOnAfter(run.millis("deadline"), () -> {
				work.run();
				return true;
			}).isExpired();
		}
		catch (ExecutionException ex) {
			// a part heard of the deadline before the page did
			expired = ex.getCause() instanceof DeadlineExceededException;
		}
		// the deadline has reached all parts: they end by themselves
		for (Future<?> part : parts) {
			awaitEnd(part);
		}
		long end = System.nanoTime();
		if (expired) {
			lane.cancelled("its deadline passed");
		}
		else {
			lane.done();
		}
		return new Page(expired, Duration.ofNanos(end - start), end);
	}

	private static void awaitEnd(Future<?> part) throws InterruptedException {
		try {
			part.get();
		}
		catch (ExecutionException | CancellationException ex) {
			// it is left out
		}
	}

	// whether it was done in its own time
	private boolean part(PatternRun run, String group, String name, Duration latency, Duration asked,
			Queue<Share> shares) throws Exception {
		Duration left = Deadline.current().remaining();
		Lane lane = run.lane(group, "  " + name);
		try {
			return Deadline.within(name, asked, () -> {
				Duration given = Deadline.current().remaining();
				lane.running(null).due(given);
				try {
					lane.call(() -> this.upstream.item(UpstreamRequest.of(run.id(), 1).latency(latency)));
					return true;
				}
				finally {
					shares.add(new Share(group, name, left, asked, given, System.nanoTime()));
				}
			});
		}
		catch (DeadlineExceededException ex) {
			run.item("'%s' is left out: it was given %s".formatted(name, Timings.text(ex.getBudget())));
			return false;
		}
	}
	// end::run[]

	private static RunResult result(PatternRun run, List<Share> shares, Page steps, Page tasks) {
		List<Duration> left = shares.stream().filter((share) -> share.group().equals(STEPS)).map(Share::left).toList();
		boolean shrinks = true;
		for (int i = 1; i < left.size(); i++) {
			shrinks &= left.get(i).compareTo(left.get(i - 1)) < 0;
		}
		long stepsAfter = shares.stream().filter((share) -> share.isAfter(STEPS, steps)).count();
		long tasksAfter = shares.stream().filter((share) -> share.isAfter(TASKS, tasks)).count();
		List<List<Object>> rows = new ArrayList<>();
		shares.forEach((share) -> rows.add(List.of(share.group(), share.name(), Timings.text(share.left()),
				(share.asked().compareTo(share.left()) > 0 && share.group().equals(TASKS)) ? "all of it"
						: Timings.text(share.asked()),
				Timings.text(share.given()))));
		Duration smallest = shares.stream().map(Share::given).min(Duration::compareTo).orElse(Duration.ZERO);
		return RunResult.builder()
			.headline("Of %s, the last part of the page was given %s; the page was over after %s"
				.formatted(Timings.text(run.millis("deadline")), Timings.text(smallest), Timings.text(steps.took())))
			.time("the page, part after part", steps.took(), "page")
			.time("the page, parts at once", tasks.took(), "page")
			.count("parts begun", shares.size())
			.table("What each part was given", List.of("page", "part", "left to the page", "asked for", "given"), rows)
			.proof("What is left shrinks from part to part",
					"%s → %s".formatted(Timings.text(left.getFirst()), Timings.text(left.getLast())), shrinks)
			.proof("No part is given more than is left, nor than it asked for",
					"%s at least".formatted(Timings.text(smallest)), shares.stream().allMatch(Share::fits))
			.proof("On other threads as well", "%d parts on 'io'".formatted(tasks(shares)), tasks(shares) > 0)
			.proof("No part outlives its page", "%d do".formatted(stepsAfter + tasksAfter),
					stepsAfter + tasksAfter == 0)
			.proof("A page that is not ready ends with its deadline, and not before",
					"after %s and %s".formatted(Timings.text(steps.took()), Timings.text(tasks.took())),
					steps.keeps(run.millis("deadline")) && tasks.keeps(run.millis("deadline")))
			.build();
	}

	private static long tasks(List<Share> shares) {
		return shares.stream().filter((share) -> share.group().equals(TASKS)).count();
	}

	private interface Work {

		void run() throws Exception;

	}

	private record Page(boolean expired, Duration took, long end) {

		boolean keeps(Duration deadline) {
			return !this.expired || this.took.compareTo(deadline) >= 0;
		}

	}

	private record Share(String group, String name, Duration left, Duration asked, Duration given, long end) {

		boolean fits() {
			return this.given.compareTo(this.left) <= 0 && this.given.compareTo(this.asked) <= 0;
		}

		boolean isAfter(String group, Page page) {
			return this.group.equals(group) && this.end - page.end() > 0;
		}

	}

}
