package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Component;

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
import io.asyncstarter.task.TaskGroupOptions;
import io.asyncstarter.task.Tasks;

/**
 * Fan-out and fan-in: a health dashboard.
 */
@Component
class B14HealthDashboard implements Pattern {

	private static final List<String> SYSTEMS = List.of("database", "cache", "mail", "search", "payment", "storage",
			"customers", "stock");

	private static final String FAILING = "mail";

	private static final String HANGING = "search";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	B14HealthDashboard(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		TaskGroupOptions health = this.tasks.groupOptions("health");
		return PatternInfo.of("B14", "Fan-out, fan-in: a health dashboard")
			.summary("""
					Many systems are asked at once, so many at a time; each has a time of its own, and all together \
					have one. The answer is a table in the order of the systems, with every system in it: healthy, \
					unhealthy, or too late, and how long it took.""")
			.useWhen("""
					One answer is made of many, and has to be there in time, whoever is ill. The bound and the \
					deadline are settings of the group, so they can be changed without touching the code.""")
			.yaml("async.task-groups.health")
			.docs("tasks")
			.asyncio("health_check_all", """
					async def check(system):
					    async with asyncio.timeout(0.5):
					        return await system.ping()

					async with asyncio.timeout(5):
					    results = await asyncio.gather(
					        *(check(system) for system in systems),
					        return_exceptions=True)
					table = dict(zip(systems, results))
					""")
			.parameter(Parameter.millis("timeout", 500, 50, 10_000, "What each check has"))
			.parameter(Parameter.millis("deadline", (int) Objects.requireNonNull(health.deadline()).toMillis(), 50,
					20_000, "What all of them together have"))
			.parameter(Parameter.millis("latency", 60, 1, 1000, "How long a healthy system takes"))
			.parameter(Parameter.flag("failing", true, "Whether 'mail' fails"))
			.parameter(Parameter.flag("hanging", true, "Whether 'search' hangs"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Map<String, Duration> times = new ConcurrentHashMap<>();
		List<Callable<Item>> checks = new ArrayList<>();
		for (String system : SYSTEMS) {
			Lane lane = run.lane("", system);
			UpstreamRequest request = request(run, system);
			checks.add(Tasks.named(system, () -> {
				long start = System.nanoTime();
				try {
					lane.due(run.millis("timeout"));
					return lane
						.call(() -> this.tasks.withTimeout(run.millis("timeout"), () -> this.upstream.item(request)));
				}
				finally {
					times.put(system, Duration.ofNanos(System.nanoTime() - start));
				}
			}));
		}
		long start = System.nanoTime();
		// async.task-groups.health, with the deadline of this run
		List<Outcome<Item>> outcomes = this.tasks.using("health", (options) -> options.deadline(run.millis("deadline")))
			.settle(checks);
		Duration took = Duration.ofNanos(System.nanoTime() - start);

		List<Row> dashboard = new ArrayList<>();
		for (int i = 0; i < SYSTEMS.size(); i++) {
			String system = SYSTEMS.get(i);
			dashboard.add(new Row(system, outcomes.get(i), times.getOrDefault(system, Duration.ZERO)));
		}
		// end::run[]
		return result(run, dashboard, took);
	}

	private static UpstreamRequest request(PatternRun run, String system) {
		int id = SYSTEMS.indexOf(system) + 1;
		boolean hangs = system.equals(HANGING) && run.flag("hanging");
		return UpstreamRequest.of(run.id(), id)
			.latency(hangs ? Duration.ofSeconds(10) : run.millis("latency"))
			.failFirst((system.equals(FAILING) && run.flag("failing")) ? 1 : 0);
	}

	private static RunResult result(PatternRun run, List<Row> dashboard, Duration took) {
		List<List<Object>> rows = new ArrayList<>();
		Duration sum = Duration.ZERO;
		long healthy = 0;
		for (Row row : dashboard) {
			rows.add(List.of(row.system(), row.verdict(), Timings.text(row.took())));
			sum = sum.plus(row.took());
			healthy += row.outcome().isSuccess() ? 1 : 0;
		}
		boolean order = dashboard.stream().map(Row::system).toList().equals(SYSTEMS);
		int ill = (run.flag("failing") ? 1 : 0) + (run.flag("hanging") ? 1 : 0);
		RunResult.Builder result = RunResult.builder()
			.headline("%d of %d systems are healthy; asked in %s, one after another it would have been %s"
				.formatted(healthy, dashboard.size(), Timings.text(took), Timings.text(sum)))
			.time("the dashboard", took, "time")
			.time("the sum of its checks", sum, "time")
			.table("Dashboard", List.of("system", "health", "time"), rows)
			.proof("Every system is in the table, in order", "%d of %d".formatted(dashboard.size(), SYSTEMS.size()),
					order)
			.proof("Those that are well are told from those that are not",
					"%d healthy, %d not".formatted(healthy, dashboard.size() - healthy),
					healthy == dashboard.size() - ill)
			.proof("They are asked at once", "%s for %s".formatted(Timings.text(took), Timings.text(sum)),
					took.compareTo(sum) < 0);
		if (run.flag("hanging")) {
			Row search = dashboard.get(SYSTEMS.indexOf(HANGING));
			boolean late = search.outcome()
				.failure()
				.filter((ex) -> ex instanceof DeadlineExceededException)
				.isPresent();
			result.proof("What hangs is given up in its own time, and holds up nobody",
					"%s after %s".formatted(search.verdict(), Timings.text(search.took())),
					late && search.took().compareTo(run.millis("timeout")) >= 0);
		}
		return result.build();
	}

	private record Row(String system, Outcome<Item> outcome, Duration took) {

		String verdict() {
			return this.outcome.fold((item) -> "healthy",
					(ex) -> (ex instanceof DeadlineExceededException) ? "too late" : "unhealthy: " + ex.getMessage());
		}

	}

}
