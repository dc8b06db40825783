package io.asyncstarter.sample.patterns;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.health.HealthChecks;
import io.asyncstarter.sample.service.RunService;
import io.asyncstarter.sample.service.RunServices;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.task.Outcome;
import io.asyncstarter.task.TaskGroupOptions;
import io.asyncstarter.task.Tasks;

/**
 * Fan-out and fan-in: a health dashboard.
 */
@Component
class B14HealthDashboard implements Pattern {

	private static final String FAILING = "mail";

	private static final String HANGING = "stock";

	private final Tasks tasks;

	private final HealthChecks checks;

	private final RunServices services;

	B14HealthDashboard(Tasks tasks, HealthChecks checks, RunServices services) {
		this.tasks = tasks;
		this.checks = checks;
		this.services = services;
	}

	@Override
	public PatternInfo info() {
		TaskGroupOptions health = this.tasks.groupOptions("health");
		return PatternInfo.of("B14", "Fan-out, fan-in: a health dashboard")
			.summary(
					"""
							Everything that this application needs is checked at once, so many at a time; each check has a time 					of its own, and all together have one. The answer is a table in the order of the checks, with 					every one in it: healthy, unhealthy, or too late, and how long it took.""")
			.useWhen(
					"""
							One answer is made of many, and has to be there in time, whoever is ill. The bound and the 					deadline are settings of the group, so they can be changed without touching the code.""")
			.yaml("async.task-groups.health")
			.docs("tasks")
			.asyncio("health_check_all", """
					async def check(system):
					    async with asyncio.timeout(1):
					        return await system.ping()

					async with asyncio.timeout(5):
					    results = await asyncio.gather(
					        *(check(system) for system in systems),
					        return_exceptions=True)
					table = dict(zip(systems, results))
					""")
			.parameter(Parameter.millis("timeout", 1000, 50, 10_000, "What each check has"))
			.parameter(Parameter.millis("deadline", (int) Objects.requireNonNull(health.deadline()).toMillis(), 50,
					20_000, "What all of them together have"))
			.parameter(Parameter.flag("failing", true, "Whether nobody listens where 'mail' should be"))
			.parameter(Parameter.flag("hanging", true, "Whether 'stock' does not answer"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Map<String, Callable<String>> checks = new LinkedHashMap<>();
		checks.put("web", () -> this.checks.get("/actuator/health/ping"));
		checks.put("disk", () -> this.checks.get("/actuator/health/diskSpace"));
		checks.put("port", this.checks::connect);
		checks.put("stock", () -> this.checks.get("/services/" + run.id() + "/1"));
		checks.put("executor io", () -> this.checks.run("io"));
		checks.put("executor cpu", () -> this.checks.run("cpu"));
		checks.put("mail", run.flag("failing") ? this.checks::connectInVain : this.checks::connect);
		checks.put("upstream", () -> this.checks.get("/upstream/ping"));

		Map<String, Duration> times = new ConcurrentHashMap<>();
		List<Callable<String>> timed = new ArrayList<>();
		checks.forEach((name, check) -> timed.add(Tasks.named(name, timed(run, name, check, times))));
		RunService stock = this.services.open(run.id(), (id) -> stock(run));
		long start = System.nanoTime();
		List<Outcome<String>> outcomes;
		try {
			// async.task-groups.health, with the deadline of this run
			outcomes = this.tasks.using("health", (options) -> options.deadline(run.millis("deadline"))).settle(timed);
		}
		finally {
			stock.close();
		}
		Duration took = Duration.ofNanos(System.nanoTime() - start);

		List<Row> dashboard = new ArrayList<>();
		for (String name : checks.keySet()) {
			dashboard.add(new Row(name, outcomes.get(dashboard.size()), times.getOrDefault(name, Duration.ZERO)));
		}
		// end::run[]
		return result(run, List.copyOf(checks.keySet()), dashboard, took);
	}

	// tag::run[]

	private Callable<String> timed(PatternRun run, String name, Callable<String> check, Map<String, Duration> times) {
		Lane lane = run.lane("", name);
		return () -> {
			long start = System.nanoTime();
			try {
				lane.due(run.millis("timeout"));
				return lane.call(() -> this.tasks.withTimeout(run.millis("timeout"), check));
			}
			finally {
				times.put(name, Duration.ofNanos(System.nanoTime() - start));
			}
		};
	}
	// end::run[]

	private static Mono<ResponseEntity<Item>> stock(PatternRun run) {
		return run.flag("hanging") ? Mono.never()
				: Mono.delay(Duration.ofMillis(150)).thenReturn(ResponseEntity.ok(new Item(1, "shoes")));
	}

	private RunResult result(PatternRun run, List<String> names, List<Row> dashboard, Duration took) {
		List<List<Object>> rows = new ArrayList<>();
		Duration sum = Duration.ZERO;
		long healthy = 0;
		for (Row row : dashboard) {
			rows.add(List.of(row.name(), row.verdict(), row.said(), Timings.text(row.took())));
			sum = sum.plus(row.took());
			healthy += row.outcome().isSuccess() ? 1 : 0;
		}
		int ill = (run.flag("failing") ? 1 : 0) + (run.flag("hanging") ? 1 : 0);
		int most = run.counts("").peakRunning();
		int limit = this.tasks.groupOptions("health").maxConcurrency();
		RunResult.Builder result = RunResult.builder()
			.headline("%d of %d are healthy; checked in %s, one after another it would have been %s".formatted(healthy,
					dashboard.size(), Timings.text(took), Timings.text(sum)))
			.time("the dashboard", took, "time")
			.time("the sum of its checks", sum, "time")
			.table("Dashboard", List.of("check", "health", "it says", "time"), rows)
			.proof("Every check is in the table, in order", "%d of %d".formatted(dashboard.size(), names.size()),
					dashboard.stream().map(Row::name).toList().equals(names))
			.proof("Those that are well are told from those that are not",
					"%d healthy, %d not".formatted(healthy, dashboard.size() - healthy),
					healthy == dashboard.size() - ill)
			.proof("They are checked side by side, so many at a time", "%d of %d".formatted(most, limit),
					most > 1 && most <= limit);
		if (run.flag("failing")) {
			Row mail = dashboard.get(names.indexOf(FAILING));
			result.proof("What fails tells why", mail.said(),
					mail.outcome().failure().filter(ConnectException.class::isInstance).isPresent());
		}
		if (run.flag("hanging")) {
			Row stock = dashboard.get(names.indexOf(HANGING));
			result.proof("What hangs is given up in its own time, and holds up nobody",
					"%s after %s".formatted(stock.verdict(), Timings.text(stock.took())),
					stock.isLate() && stock.took().compareTo(run.millis("timeout")) >= 0);
		}
		return result.build();
	}

	private record Row(String name, Outcome<String> outcome, Duration took) {

		boolean isLate() {
			return this.outcome.failure().filter(DeadlineExceededException.class::isInstance).isPresent();
		}

		String verdict() {
			return this.outcome.fold((said) -> "healthy", (ex) -> isLate() ? "too late" : "unhealthy");
		}

		String said() {
			return this.outcome.fold((said) -> said, (ex) -> String.valueOf(ex.getMessage()));
		}

	}

}
