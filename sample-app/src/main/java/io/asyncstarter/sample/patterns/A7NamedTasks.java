package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import org.springframework.stereotype.Component;

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
import io.asyncstarter.task.BackgroundTask;
import io.asyncstarter.task.TaskNode;
import io.asyncstarter.task.Tasks;

/**
 * Named tasks, and a list of what runs now.
 */
@Component
class A7NamedTasks implements Pattern {

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	A7NamedTasks(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A7", "Named tasks, and what runs now")
			.summary("""
					Groups, tasks and background work have names, and can be listed while they run: who started \
					what, since when, how much time it has left, and on which thread. The same tree is served by \
					/actuator/asynctasks. It is always on and costs next to nothing.""")
			.useWhen("""
					Something takes longer than it should, in production, now. A thread dump shows thousands of \
					virtual threads; the tree shows what they are for.""")
			.docs("operations")
			.asyncio("all_tasks, task names", """
					task = asyncio.create_task(work(), name="prices")
					for task in asyncio.all_tasks():
					    print(task.get_name())

					# who awaits whom, from Python 3.14 on
					asyncio.print_call_graph()
					""")
			.parameter(Parameter.number("parts", 3, 1, 20, "Parts of the page"))
			.parameter(Parameter.number("prices", 2, 1, 20, "Prices, in a group inside"))
			.parameter(Parameter.millis("deadline", 5000, 1000, 20_000, "What the page has"))
			.parameter(Parameter.millis("latency", 700, 50, 5000, "How long each takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		String page = "page " + run.id();
		String audit = "audit " + run.id();
		CountDownLatch underWay = new CountDownLatch(run.number("parts") + run.number("prices") + 1);
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls at the upstream", now))
			.onArrival(underWay::countDown)) {
			BackgroundTask<Item> background = this.tasks.background(audit, () -> call(run, "background", "audit", 99));
			List<TaskNode> tree = this.tasks.inGroup(page, (options) -> options.deadline(run.millis("deadline")),
					(group) -> {
						for (int i = 1; i <= run.number("parts"); i++) {
							int id = i;
							group.fork("part " + i, () -> call(run, "page", "part " + id, id));
						}
						group.fork("prices", () -> this.tasks.inGroup("prices", (prices) -> {
							for (int i = 1; i <= run.number("prices"); i++) {
								int id = i;
								prices.fork("price " + i, () -> call(run, "prices", "price " + id, id));
							}
							return "prices";
						}));
						underWay.await();
						// what /actuator/asynctasks answers, but for other runs
						return roots(page, audit);
					});
			background.get();
			return result(run, tree, roots(page, audit).size(), atUpstream.served());
		}
	}

	private Item call(PatternRun run, String group, String name, int id) throws Exception {
		UpstreamRequest request = UpstreamRequest.of(run.id(), id).latency(run.millis("latency"));
		return run.lane(group, name).call(() -> this.upstream.item(request));
	}

	private List<TaskNode> roots(String... names) {
		return this.tasks.tree().roots().stream().filter((root) -> List.of(names).contains(root.name())).toList();
	}
	// end::run[]

	private static RunResult result(PatternRun run, List<TaskNode> tree, int left, int calls) {
		List<TaskNode> nodes = new ArrayList<>();
		List<List<Object>> rows = new ArrayList<>();
		tree.forEach((root) -> flatten(root, 0, nodes, rows));
		int parts = run.number("parts");
		int prices = run.number("prices");
		// the page, its parts, the task of the prices, its group, the prices, the audit
		int expected = parts + prices + 4;
		long nested = tree.stream()
			.flatMap((root) -> root.children().stream())
			.filter((child) -> child.name().equals("prices"))
			.flatMap((child) -> child.children().stream())
			.filter((group) -> group.kind() == TaskNode.Kind.GROUP && group.children().size() == prices)
			.count();
		Duration deadline = run.millis("deadline");
		List<Duration> times = nodes.stream()
			.filter((node) -> node.kind() != TaskNode.Kind.BACKGROUND)
			.map((node) -> Objects.requireNonNullElse(node.deadlineLeft(), Duration.ofDays(1)))
			.toList();
		boolean inherited = times.stream().allMatch((time) -> time.compareTo(deadline) <= 0);
		return RunResult.builder()
			.headline("%d nodes: groups, tasks and background work, while %d calls were under way"
				.formatted(nodes.size(), calls))
			.count("nodes", nodes.size())
			.table("What ran, in the middle of it", List.of("what", "kind", "state", "age", "time left", "thread"),
					rows)
			.proof("Everything is in the tree", "%d of %d".formatted(nodes.size(), expected), nodes.size() == expected)
			.proof("A group inside is below the task that opened it", nested + " found", nested == 1)
			.proof("All of the page have its deadline", "%d nodes".formatted(times.size()), inherited)
			.proof("What has ended is gone", left + " left", left == 0)
			.build();
	}

	private static void flatten(TaskNode node, int depth, List<TaskNode> nodes, List<List<Object>> rows) {
		nodes.add(node);
		Duration left = node.deadlineLeft();
		rows.add(List.of("· ".repeat(depth) + node.name(), node.kind(), node.state(), Timings.text(node.age()),
				(left != null) ? Timings.text(left) : "", Objects.requireNonNullElse(node.threadName(), "")));
		node.children().forEach((child) -> flatten(child, depth + 1, nodes, rows));
	}

}
