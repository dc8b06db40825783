package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.asyncstarter.lifecycle.ShutdownReport;
import io.asyncstarter.lifecycle.UnfinishedWork;
import io.asyncstarter.queue.QueueClosedException;
import io.asyncstarter.sample.child.OrderService;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * A shutdown that loses nothing.
 */
@Component
class I1GracefulShutdown implements Pattern {

	private static final String HEEDS = "needs an interrupt";

	private static final String IGNORES = "ignores even that";

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	I1GracefulShutdown(UpstreamClient upstream, UpstreamLoad load) {
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("I1", "Graceful shutdown")
			.summary("""
					When the application closes, everything that was accepted comes to its end: queues are drained, \
					then tasks, then executors with what waits in their queues, all within one grace period. What \
					is left is interrupted, and a report says what became of each piece. This run starts a small \
					service, puts it under load, and closes it.""")
			.useWhen("""
					Always: it is on by default, after Spring Boot's own graceful stop of the web server. Give the \
					orchestrator more time than both periods together, and write loops so that they heed an \
					interrupt: what does not can only be reported.""")
			.docs("operations:shutdown")
			.asyncio("SIGTERM handling", """
					loop.add_signal_handler(signal.SIGTERM, stop.set)
					await stop.wait()
					server.close()
					await queue.join()
					_, pending = await asyncio.wait(tasks, timeout=25)
					for task in pending:
					    task.cancel()
					await asyncio.gather(*pending, return_exceptions=True)
					""")
			.parameter(
					Parameter.number("orders", 14, 1, 100, "Orders: each is a group of two calls, a mail, an invoice"))
			.parameter(Parameter.millis("latency", 100, 10, 1000, "How long each call takes"))
			.parameter(Parameter.millis("grace", 3000, 100, 10_000, "The grace period"))
			.parameter(Parameter.millis("cancel", 500, 100, 3000, "The time to end after an interrupt"))
			.parameter(Parameter.choice("stuck", "Two more pieces of work that do not end", "none", HEEDS, IGNORES))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Account account = new Account(run);
		CountDownLatch underWay = new CountDownLatch(Math.min(6, run.number("orders")));
		CountDownLatch never = new CountDownLatch(1);
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("calls at the upstream", now))
			.onArrival(underWay::countDown);
				OrderService service = OrderService.start(run.millis("grace"), run.millis("cancel"))) {
			run.band("the service", "open", "good");
			OrderService.Warehouse warehouse = service.warehouse();
			for (int i = 1; i <= run.number("orders"); i++) {
				int id = i;
				account.accept("orders", "order " + i, service.orders()::execute,
						() -> account.count(() -> service.tasks().inGroup("order", (group) -> {
							group.fork("price", () -> call(run, warehouse, id));
							group.fork("stock", () -> call(run, warehouse, id));
							return null;
						})));
				account.accept("mails", "mail " + i, service.mails()::put, () -> call(run, warehouse, id));
				account.accept("background", "invoice " + i,
						(invoice) -> service.tasks().background("invoice", invoice), () -> call(run, warehouse, id));
			}
			if (!run.choice("stuck").equals("none")) {
				boolean ignores = run.choice("stuck").equals(IGNORES);
				account.accept("orders", "stuck order", service.orders()::execute, () -> await(never, ignores));
				account.accept("background", "stuck invoice",
						(invoice) -> service.tasks().background("stuck invoice", invoice), () -> await(never, ignores));
			}
			underWay.await();

			run.band("the service", "closing", "warn");
			ShutdownReport report = service.shutDown();
			run.band("the service", "closed", "neutral");
			// end::run[]
			return result(run, account, report, warehouse, refused(service), atUpstream.served());
			// tag::run[]
		}
		finally {
			never.countDown();
		}
	}

	private Object call(PatternRun run, OrderService.Warehouse warehouse, int id) {
		warehouse.use();
		return this.upstream.item(UpstreamRequest.of(run.id(), id).latency(run.millis("latency")));
	}

	private static Object await(CountDownLatch never, boolean ignoresInterrupts) throws InterruptedException {
		while (true) {
			try {
				never.await();
				return "released";
			}
			catch (InterruptedException ex) {
				if (!ignoresInterrupts) {
					throw ex;
				}
			}
		}
	}
	// end::run[]

	private static int refused(OrderService service) {
		int refused = 0;
		List<Runnable> attempts = List.of(() -> service.orders().execute(() -> {
		}), () -> service.mails().offer(() -> {
		}), () -> service.tasks().background("invoice", () -> {
		}));
		for (Runnable attempt : attempts) {
			try {
				attempt.run();
			}
			catch (RejectedExecutionException | QueueClosedException ex) {
				refused++;
			}
		}
		return refused;
	}

	private static RunResult result(PatternRun run, Account account, ShutdownReport report,
			OrderService.Warehouse warehouse, int refused, int calls) {
		account.close();
		int accepted = account.accepted.get();
		int ended = account.ended.get();
		// a piece may end by itself while it is cancelled, and is reported as cancelled
		// then
		long both = ended + report.cancelled() + report.abandoned() - accepted;
		Duration most = run.millis("grace").plus(run.millis("cancel")).plusSeconds(2);
		List<List<Object>> rows = new ArrayList<>();
		report.sections()
			.forEach((section) -> rows.add(List.of(section.kind(), section.name(), section.completed(),
					section.cancelled(), section.abandoned())));
		RunResult.Builder result = RunResult.builder()
			.headline("%d pieces accepted: %d ended, %d cancelled, %d abandoned; the service was closed after %s"
				.formatted(accepted, ended, report.cancelled(), report.abandoned(), Timings.text(report.took())))
			.count("pieces accepted", accepted)
			.count("pieces that ended after the service had begun to close", report.completed())
			.count("calls at the upstream", calls)
			.time("shutdown", report.took())
			.table("The report, of what was there when the service began to close",
					List.of("kind", "name", "completed", "cancelled", "abandoned"), rows)
			.proof("Completed and reported are all that was accepted",
					"%d + %d + %d of %d%s".formatted(ended, report.cancelled(), report.abandoned(), accepted,
							(both > 0) ? ", %d of them ended while they were cancelled".formatted(both) : ""),
					both >= 0)
			.proof("It is over within both periods, whatever the work does", Timings.text(report.took()),
					report.took().compareTo(most) < 0)
			.proof("What the work needs is there until it has ended",
					"used %d times, %d times in vain".formatted(warehouse.used(), warehouse.usedInVain()),
					warehouse.used() > 0 && warehouse.usedInVain() == 0)
			.proof("Nothing more is accepted", "%d of 3 refused".formatted(refused), refused == 3);
		if (run.choice("stuck").equals(HEEDS)) {
			List<UnfinishedWork> cancelled = report.sections()
				.stream()
				.flatMap((section) -> section.cancelledWork().stream())
				.toList();
			result.proof("What needs an interrupt gets one, and is named", names(cancelled), isNamed(cancelled));
		}
		if (run.choice("stuck").equals(IGNORES)) {
			List<UnfinishedWork> abandoned = report.sections()
				.stream()
				.flatMap((section) -> section.abandonedWork().stream())
				.toList();
			result.proof("What ignores even that is named, with its stack", names(abandoned), report.abandoned() == 2
					&& isNamed(abandoned) && abandoned.stream().noneMatch((work) -> work.stack().isEmpty()));
		}
		return result.build();
	}

	private static boolean isNamed(List<UnfinishedWork> works) {
		return works.stream().anyMatch((work) -> work.name().equals("stuck invoice"));
	}

	private static String names(List<UnfinishedWork> works) {
		return String.join(", ", works.stream().map(UnfinishedWork::name).distinct().toList());
	}

	// tag::run[]

	/**
	 * Counts what is accepted, and what ends.
	 */
	private static final class Account {

		private final Queue<Lane> lanes = new ConcurrentLinkedQueue<>();

		private final AtomicInteger accepted = new AtomicInteger();

		private final AtomicInteger ended = new AtomicInteger();

		private final PatternRun run;

		private Account(PatternRun run) {
			this.run = run;
		}

		private void accept(String group, String name, HandOver handOver, Callable<?> work) throws Exception {
			Lane lane = this.run.lane(group, name).queued();
			this.lanes.add(lane);
			handOver.accept(() -> {
				try {
					lane.call(work);
					this.ended.incrementAndGet();
				}
				catch (Exception ex) {
					// its end is the business of the report
				}
			});
			this.accepted.incrementAndGet();
		}

		private @Nullable Void count(Callable<?> work) throws Exception {
			this.accepted.incrementAndGet();
			work.call();
			this.ended.incrementAndGet();
			return null;
		}

		private void close() {
			this.lanes.forEach((lane) -> lane.cancelled("given up"));
		}

	}

	/**
	 * Takes a piece of work.
	 */
	@FunctionalInterface
	private interface HandOver {

		void accept(Runnable work) throws Exception;

	}
	// end::run[]

}
