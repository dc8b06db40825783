package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.stereotype.Component;

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
import io.asyncstarter.task.BackgroundOptions;
import io.asyncstarter.task.TaskListener;
import io.asyncstarter.task.TaskNode;
import io.asyncstarter.task.Tasks;

/**
 * Tracked background work.
 */
@Component
class B11BackgroundWork implements Pattern {

	private static final String MAILS = "mails";

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	B11BackgroundWork(UpstreamClient upstream, UpstreamLoad load) {
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B11", "Tracked background work")
			.summary("""
					Work that nobody waits for, which still belongs to somebody: it has a name, is listed while it \
					runs (also by /actuator/asynctasks), a failure that nobody asks for is reported once, and a \
					shutdown waits for it. Periodic work is the same, again and again.""")
			.useWhen("""
					The answer need not wait for it: a mail, a cache to warm up. Not for what must not be lost \
					if the machine is: that belongs in a queue that lasts. Bound it by an executor if there can be \
					much of it.""")
			.docs("tasks")
			.asyncio("background task set", """
					background = set()

					def start(coroutine):
					    task = asyncio.create_task(coroutine)
					    background.add(task)   # or it may vanish
					    task.add_done_callback(background.discard)

					# at shutdown
					await asyncio.wait(background, timeout=30)
					""")
			.parameter(Parameter.number(MAILS, 6, 2, 50, "Mails to be sent"))
			.parameter(Parameter.number("failing", 1, 0, 10, "How many of them fail"))
			.parameter(Parameter.millis("latency", 600, 50, 5000, "How long each takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Queue<String> reported = new ConcurrentLinkedQueue<>();
		// tasks of this run only, since they are shut down at its end
		Tasks tasks = Tasks.builder().reportAfter(Duration.ZERO).listener(new TaskListener() {

			@Override
			public void backgroundFailed(String name, Throwable failure) {
				reported.add(name);
				run.mark(name + ", reported");
			}

		}).build();
		CountDownLatch underWay = new CountDownLatch(run.number(MAILS));
		AtomicInteger beats = new AtomicInteger();
		try (UpstreamWatch atUpstream = this.load.watch(run.id(), (now) -> run.gauge("mails at the upstream", now))
			.onArrival(underWay::countDown)) {
			long start = System.nanoTime();
			for (int i = 1; i <= run.number(MAILS); i++) {
				UpstreamRequest request = UpstreamRequest.of(run.id(), i)
					.latency(run.millis("latency"))
					.failFirst((i <= run.number("failing")) ? 1 : 0);
				Lane lane = run.lane(MAILS, "mail " + i);
				tasks.background("mail " + i, () -> lane.call(() -> this.upstream.item(request)));
			}
			Duration handedOver = Duration.ofNanos(System.nanoTime() - start);
			tasks.background("heartbeat", BackgroundOptions.builder().every(Duration.ofMillis(50)).build(),
					() -> run.gauge("heartbeats", beats.incrementAndGet()));
			underWay.await();
			List<TaskNode> listed = tasks.tree().roots();

			run.note("The application shuts down: what was taken is finished, nothing more is taken");
			boolean drained = tasks.drain(Duration.ofSeconds(20));
			boolean refused = isRefused(tasks);
			Duration all = Duration.ofNanos(System.nanoTime() - start);
			return result(run, new Ended(handedOver, all, listed, drained, refused, tasks.tree().roots().size(),
					List.copyOf(reported), beats.get(), atUpstream.served()));
		}
		finally {
			tasks.cancelAll("the run is over");
		}
	}

	private static boolean isRefused(Tasks tasks) {
		try {
			tasks.background("one more mail", () -> {
			});
			return false;
		}
		catch (TaskRejectedException ex) {
			return true;
		}
	}
	// end::run[]

	private static RunResult result(PatternRun run, Ended ended) {
		int mails = run.number(MAILS);
		int failing = Math.min(run.number("failing"), mails);
		int sent = run.counts(MAILS).done();
		List<List<Object>> rows = new ArrayList<>();
		ended.listed()
			.forEach((node) -> rows.add(List.of(node.kind(), node.name(), node.state(), Timings.text(node.age()))));
		long listed = ended.listed().stream().filter((node) -> node.name().startsWith("mail ")).count();
		return RunResult.builder()
			.headline("%d mails handed over in %s; %d sent and %d reported as failed when all was shut down, after %s"
				.formatted(mails, Timings.text(ended.handedOver()), sent, ended.reported().size(),
						Timings.text(ended.all())))
			.time("the caller", ended.handedOver(), "who waits how long")
			.time("the shutdown", ended.all(), "who waits how long")
			.count("failures reported", ended.reported().size())
			.count("mails that reached the upstream", ended.arrived())
			.count("heartbeats", ended.beats())
			.table("What was listed before the shutdown", List.of("kind", "name", "state", "age"), rows)
			.proof("Everything is listed by its name while it runs",
					"%d of %d, and the heartbeat".formatted(listed, mails), listed == mails && rows.size() == mails + 1)
			.proof("A failure is reported once, though nobody asks", "%s of %d".formatted(ended.reported(), failing),
					ended.reported().size() == failing && ended.reported().stream().distinct().count() == failing)
			.proof("Shutdown waits for what was taken",
					"%d sent, %d failed".formatted(sent, run.counts(MAILS).failed()),
					ended.drained() && sent == mails - failing && run.counts(MAILS).failed() == failing)
			.proof("Nothing is left, the heartbeat included", ended.left() + " listed", ended.left() == 0)
			.proof("Nothing more is taken", ended.refused() ? "refused" : "taken", ended.refused())
			.build();
	}

	private record Ended(Duration handedOver, Duration all, List<TaskNode> listed, boolean drained, boolean refused,
			int left, List<String> reported, int beats, int arrived) {

	}

}
