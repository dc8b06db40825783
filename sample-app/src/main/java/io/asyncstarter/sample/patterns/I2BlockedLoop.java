package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.monitor.FindingKind;
import io.asyncstarter.monitor.MonitorFinding;
import io.asyncstarter.monitor.MonitorListener;
import io.asyncstarter.sample.eventloop.LoopServer;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.task.Tasks;

/**
 * A blocked event loop is found, and who blocks it.
 */
@Component
class I2BlockedLoop implements Pattern {

	private static final String LOOP = "checkout";

	private static final String CHART = "ms";

	private static final String BLOCKING = "on the loop";

	private static final String MOVED = "moved off the loop";

	private final Tasks tasks;

	I2BlockedLoop(Tasks tasks) {
		this.tasks = tasks;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("I2", "A blocked event loop is found")
			.summary("""
					One blocking call on an event loop stops every connection of that loop. The monitor sends small \
					heartbeats to each loop; when one is overdue it takes the stack of the loop's thread while it \
					is stuck, so that the line to blame is named. This run has a server with a loop of its own: \
					nobody but its own visitors waits.""")
			.useWhen("""
					Always: it is on by default for the loops of Reactor Netty, and costs next to nothing. What it \
					finds is in the log, in a meter, and in /actuator/async/monitor. The cure is to hand the call \
					to an executor, as the second half does.""")
			.docs("operations:monitor")
			.asyncio("debug mode, slow_callback_duration", """
					loop.set_debug(True)
					loop.slow_callback_duration = 0.1
					# Executing <Task ...> took 0.612 seconds
					# ... is said afterwards, and names the task, not the line
					""")
			.parameter(Parameter.number("invoices", 3, 1, 10, "Invoices asked for, one after the other"))
			.parameter(Parameter.millis("takes", 600, 400, 3000, "How long an invoice takes"))
			.parameter(Parameter.millis("warnAbove", 100, 20, 150, "How long a loop may be blocked"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Duration takes = run.millis("takes");
		// as async.monitor.event-loop has it for the whole application; here for one loop
		AsyncMonitor monitor = AsyncMonitor.builder().eventLoops(run.millis("warnAbove")).build();
		Queue<MonitorFinding> found = new ConcurrentLinkedQueue<>();
		CountDownLatch watched = new CountDownLatch(1);
		monitor.addListener(new MonitorListener() {

			@Override
			public void found(MonitorFinding finding) {
				found.add(finding);
				run.mark("found after %d ms".formatted(finding.duration().toMillis()));
			}

			@Override
			public void eventLoopLag(String name, Duration lag) {
				run.plot(CHART, "lag of the loop", Shape.LINE, lag.toNanos() / 1e6);
				watched.countDown();
			}

		});
		try (LoopServer server = LoopServer.start(LOOP, (routes) -> {
			routes.route("/invoice", () -> Mono.fromSupplier(() -> renderInvoice(takes)));
			routes.route("/moved", () -> this.tasks.reactive().blocking("io", () -> renderInvoice(takes)));
			routes.route("/ping", () -> Mono.just("pong"));
		})) {
			monitor.getEventLoops().register(LOOP, server.loops());
			monitor.start();
			watched.await();

			Timings duringMistake = whilePinging(run, server, () -> order(run, BLOCKING, server, "/invoice"));
			List<MonitorFinding> findings = List.copyOf(found);
			run.note("The cure: the same invoices, on the executor 'io'");
			Timings duringCure = whilePinging(run, server, () -> order(run, MOVED, server, "/moved"));
			List<MonitorFinding> afterwards = found.stream().skip(findings.size()).toList();
			// end::run[]
			return result(run, findings, afterwards, duringMistake, duringCure);
			// tag::run[]
		}
		finally {
			monitor.stop();
		}
	}

	// stands for a driver that blocks
	private static String renderInvoice(Duration takes) {
		long end = System.nanoTime() + takes.toNanos();
		for (long left = takes.toNanos(); left > 0
				&& !Thread.currentThread().isInterrupted(); left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
		return "invoice";
	}
	// end::run[]

	// asks for the invoices, one after the other
	private static Mono<Void> order(PatternRun run, String group, LoopServer server, String path) {
		return Flux.range(1, run.number("invoices")).concatMap((number) -> {
			Lane lane = run.lane(group, "invoice " + number);
			return lane.mono(server.get(path));
		}).then();
	}

	// sends a small request to the same loop every 20 ms while something goes on
	private static Timings whilePinging(PatternRun run, LoopServer server, Supplier<Mono<Void>> work) throws Exception {
		Timings pings = new Timings();
		CompletableFuture<Void> done = run.keep(work.get().toFuture());
		run.keep(Flux.interval(Duration.ofMillis(20))
			.onBackpressureDrop()
			.takeUntilOther(Mono.fromFuture(done, true))
			.map((tick) -> System.nanoTime())
			.flatMap((sent) -> server.get("/ping").map((answer) -> System.nanoTime() - sent), 100)
			.doOnNext((nanos) -> {
				pings.add(nanos);
				run.plot(CHART, "until a ping is answered", Shape.LINE, nanos / 1e6);
			})
			.then()
			.toFuture()).get(60, TimeUnit.SECONDS);
		done.get(10, TimeUnit.SECONDS);
		return pings;
	}

	private static RunResult result(PatternRun run, List<MonitorFinding> findings, List<MonitorFinding> afterwards,
			Timings duringMistake, Timings duringCure) {
		List<MonitorFinding> guilty = findings.stream().filter(I2BlockedLoop::isNamed).toList();
		long named = afterwards.stream().filter(I2BlockedLoop::isNamed).count();
		boolean meanwhile = guilty.stream().allMatch(MonitorFinding::ongoing);
		List<List<Object>> rows = new ArrayList<>();
		findings.forEach((finding) -> rows
			.add(List.of(finding.name(), finding.duration().toMillis(), finding.cause(), finding.detail())));
		List<List<Object>> stack = new ArrayList<>();
		guilty.stream()
			.limit(1)
			.flatMap((finding) -> finding.stack().stream())
			.limit(12)
			.forEach((frame) -> stack.add(List.of(frame.toString())));
		String cause = guilty.isEmpty() ? "nobody" : guilty.getFirst().cause();
		return RunResult.builder()
			.headline("Found %d times while the loop was blocked; to blame is %s".formatted(guilty.size(), cause))
			.time("ping, invoices on the loop: worst", duringMistake.max(), "ping")
			.time("ping, invoices moved off it: worst", duringCure.max(), "ping")
			.count("invoices on the loop", run.number("invoices"))
			.count("blockages found, with the guilty line", guilty.size())
			.count("pings answered", duringMistake.count() + duringCure.count())
			.table("What was found", List.of("loop", "blocked for ms so far", "the line to blame", "thread"), rows)
			.table("The stack, while it was stuck", List.of("innermost first"), stack)
			.proof("It is found, and the guilty line named", cause, !guilty.isEmpty())
			.proof("It is found while it lasts, not afterwards",
					guilty.isEmpty() ? "not found"
							: "after %d of %d ms".formatted(guilty.getFirst().duration().toMillis(),
									run.millis("takes").toMillis()),
					meanwhile && !guilty.isEmpty())
			.proof("Everybody on that loop has waited", Timings.text(duringMistake.max()),
					duringMistake.max().compareTo(run.millis("takes").dividedBy(2)) > 0)
			.proof("Off the loop, the same call is nobody's concern", "found %d times".formatted(named), named == 0)
			.build();
	}

	private static boolean isNamed(MonitorFinding finding) {
		return finding.kind() == FindingKind.EVENT_LOOP_BLOCKED && finding.cause().contains("renderInvoice");
	}

}
