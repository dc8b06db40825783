package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.stereotype.Component;

import io.asyncstarter.autoconfigure.AsyncExecutorAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncPolicyAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncShutdownAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncTaskAutoConfiguration;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Tasks;

/**
 * One entry point, and a clean end.
 */
@Component
class A1CleanEnd implements Pattern {

	private static final String EXECUTOR = "async.executors.errands.";

	private final UpstreamClient upstream;

	A1CleanEnd(UpstreamClient upstream) {
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A1", "One entry point, clean end")
			.summary("""
					An application context is what runs everything: it starts the executors, and when it is closed \
					it takes nothing more, waits for what was taken, and ends every thread that it started. This \
					run starts a small one of its own, works, and closes it in the middle of the work.""")
			.useWhen("""
					Always: let Spring own executors and background work, and start no thread by hand. Then there \
					is one place to stop them all.""")
			.docs("operations")
			.asyncio("asyncio.run, Runner", """
					with asyncio.Runner() as runner:
					    runner.run(main())
					# here: tasks cancelled, executor shut down
					""")
			.parameter(Parameter.number("tasks", 6, 1, 50, "Tasks of each kind"))
			.parameter(Parameter.number("threads", 3, 1, 20, "Platform threads of the executor"))
			.parameter(Parameter.millis("latency", 300, 10, 3000, "How long a task takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Set<Thread> used = ConcurrentHashMap.newKeySet();
		List<Future<Item>> errands = new ArrayList<>();
		long start = System.nanoTime();
		long closing;
		boolean working;
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("run", Map.of(EXECUTOR + "threads", "platform",
						EXECUTOR + "max-concurrency", run.number("threads"), EXECUTOR + "queue-capacity", 1000)));
			context.register(Application.class);
			context.refresh();
			run.mark("started");
			BoundedExecutor executor = context.getBean(BoundedExecutors.class).get("errands");
			Tasks tasks = context.getBean(Tasks.class);
			for (int i = 1; i <= run.number("tasks"); i++) {
				int id = i;
				errands.add(run.submit(executor, run.lane("errands", "errand " + i), () -> item(run, id, used)));
				tasks.background("mail " + i,
						() -> run.lane("background", "mail " + id).call(() -> item(run, id, used)));
			}
			working = errands.stream().anyMatch((errand) -> !errand.isDone());
			closing = System.nanoTime();
			run.mark("closing");
		}
		Duration took = Duration.ofNanos(System.nanoTime() - closing);
		run.mark("closed");
		List<Thread> left = new ArrayList<>();
		for (Thread thread : used) {
			// its last steps, once it has told that it ends
			if (!thread.join(Duration.ofSeconds(2))) {
				left.add(thread);
			}
		}
		// end::run[]
		long done = errands.stream().filter((errand) -> errand.state() == Future.State.SUCCESS).count();
		return result(run,
				new Ended(used.size(), left.size(), done, working, took, Duration.ofNanos(System.nanoTime() - start)));
	}

	// tag::run[]

	private Item item(PatternRun run, int id, Set<Thread> used) {
		used.add(Thread.currentThread());
		return this.upstream.item(UpstreamRequest.of(run.id(), id).latency(run.millis("latency")));
	}
	// end::run[]

	private static RunResult result(PatternRun run, Ended ended) {
		int tasks = run.number("tasks");
		int mails = run.counts("background").done();
		return RunResult.builder()
			.headline("Closed in %s: %d of %d tasks done, %d of %d threads left".formatted(
					Timings.text(ended.closing()), ended.done() + mails, 2 * tasks, ended.left(), ended.threads()))
			.time("from start to end", ended.all(), "time")
			.time("of it, closing", ended.closing(), "time")
			.count("threads that worked", ended.threads())
			.count("threads that are left", ended.left())
			.proof("It is closed in the middle of the work", ended.working() ? "at work" : "idle", ended.working())
			.proof("What was taken is done", "%d and %d of %d".formatted(ended.done(), mails, tasks),
					ended.done() == tasks && mails == tasks)
			.proof("No thread is left behind", "%d of %d".formatted(ended.left(), ended.threads()),
					ended.left() == 0 && ended.threads() > 0)
			.build();
	}

	private record Ended(int threads, int left, long done, boolean working, Duration closing, Duration all) {

	}

	// tag::run[]

	/**
	 * What a Boot application has by the starter.
	 */
	@ImportAutoConfiguration({ AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class,
			AsyncTaskAutoConfiguration.class, AsyncShutdownAutoConfiguration.class })
	private static final class Application {

	}
	// end::run[]

}
