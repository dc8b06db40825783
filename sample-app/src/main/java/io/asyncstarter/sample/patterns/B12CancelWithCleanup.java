package io.asyncstarter.sample.patterns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;
import io.asyncstarter.task.Tasks;

/**
 * Cancellation with cleanup.
 */
@Component
class B12CancelWithCleanup implements Pattern {

	private static final String BLOCKING = "tasks that block";

	private static final String REACTIVE = "chains that do not";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	B12CancelWithCleanup(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B12", "Cancellation with cleanup")
			.summary("""
					Work that is cancelled cleans up after itself: what blocks is interrupted and runs its finally, \
					a reactive chain runs what it has for cancellation. A group is left when all of that is done, \
					so nothing is open any more when the caller goes on.""")
			.useWhen("""
					Always: whoever opens something closes it in finally or with try-with-resources, or in \
					usingWhen. Do not catch the interruption and go on, and do not swallow it: throw it, or set the \
					flag again.""")
			.docs("mistakes")
			.asyncio("CancelledError, finally", """
					async def work():
					    connection = await open()
					    try:
					        await use(connection)
					    finally:
					        await connection.close()

					task.cancel()
					with contextlib.suppress(asyncio.CancelledError):
					    await task
					""")
			.parameter(Parameter.number("tasks", 6, 1, 50, "How many of each kind"))
			.parameter(Parameter.millis("latency", 3000, 200, 10_000, "How long the work would take"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		run.note("Tasks that block: their group is cancelled, which interrupts them");
		Half blocking = half(run, BLOCKING, (half) -> this.tasks.inGroup("exports", (group) -> {
			for (int i = 1; i <= run.number("tasks"); i++) {
				UpstreamRequest request = half.request(i);
				Lane lane = run.lane(BLOCKING, "task " + i);
				group.fork("task " + i, () -> lane.call(() -> {
					int connection = half.open();
					try {
						return this.upstream.item(request);
					}
					finally {
						half.close(connection);
					}
				}));
			}
			half.underWay.await();
			group.cancel("nobody wants it any more");
			return half;
		}));

		run.note("Chains that do not block: their subscription is disposed of");
		Half reactive = half(run, REACTIVE, (half) -> {
			List<Disposable> chains = new ArrayList<>();
			for (int i = 1; i <= run.number("tasks"); i++) {
				UpstreamRequest request = half.request(i);
				Mono<Item> work = Mono.using(half::open, (connection) -> this.upstream.itemMono(request), half::close);
				chains.add(run.lane(REACTIVE, "chain " + i).mono(work).subscribe());
			}
			half.underWay.await();
			chains.forEach(Disposable::dispose);
		});
		// end::run[]
		return result(run, blocking, reactive);
	}

	// tag::run[]

	private Half half(PatternRun run, String name, Work work) throws Exception {
		Half half = new Half(run, name);
		try (UpstreamWatch atUpstream = this.load
			.watch(run.id(), name, (now) -> run.gauge("calls at the upstream", now))
			.onArrival(half.underWay::countDown)) {
			work.run(half);
			half.left = half.opened.get() - half.closed.get();
			half.idle = atUpstream.awaitIdle(run.millis("latency").dividedBy(2));
		}
		return half;
	}
	// end::run[]

	private static RunResult result(PatternRun run, Half blocking, Half reactive) {
		int tasks = run.number("tasks");
		int cancelled = run.counts(BLOCKING).cancelled();
		int disposed = run.counts(REACTIVE).cancelled();
		return RunResult.builder()
			.headline("%d tasks and %d chains cancelled: %d connections opened, %d left open".formatted(cancelled,
					disposed, blocking.opened.get() + reactive.opened.get(), blocking.left + reactive.left))
			.count("connections closed by tasks that block", blocking.closed.get())
			.count("connections closed by chains that do not", reactive.closed.get())
			.proof("All tasks are cancelled", "%d of %d".formatted(cancelled, tasks), cancelled == tasks)
			.proof("So are all chains", "%d of %d".formatted(disposed, tasks), disposed == tasks)
			.proof("Each cleans up, and once", "%d and %d".formatted(blocking.closed.get(), reactive.closed.get()),
					blocking.closed.get() == blocking.opened.get() && reactive.closed.get() == reactive.opened.get()
							&& blocking.opened.get() + reactive.opened.get() == 2 * tasks)
			.proof("It has done so when the caller goes on", blocking.left + reactive.left + " open",
					blocking.left + reactive.left == 0)
			.proof("The upstream does not work on either",
					(blocking.idle && reactive.idle) ? "nothing left there" : "still busy",
					blocking.idle && reactive.idle)
			.build();
	}

	/**
	 * What is cancelled in the end.
	 */
	private interface Work {

		void run(Half half) throws Exception;

	}

	/**
	 * The connections of one half.
	 */
	private static final class Half {

		private final AtomicInteger opened = new AtomicInteger();

		private final AtomicInteger closed = new AtomicInteger();

		private final PatternRun run;

		private final String name;

		private final CountDownLatch underWay;

		private int left;

		private boolean idle;

		private Half(PatternRun run, String name) {
			this.run = run;
			this.name = name;
			this.underWay = new CountDownLatch(run.number("tasks"));
		}

		UpstreamRequest request(int i) {
			return UpstreamRequest.of(this.run.id(), i).group(this.name).latency(this.run.millis("latency"));
		}

		int open() {
			return this.opened.incrementAndGet();
		}

		void close(int connection) {
			this.closed.incrementAndGet();
			this.run.mark("connection %d of %s closed".formatted(connection, this.name));
		}

	}

}
