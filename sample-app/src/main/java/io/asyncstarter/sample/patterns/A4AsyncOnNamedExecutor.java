package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.requestid.RequestId;
import io.asyncstarter.sample.upstream.UpstreamClient;

/**
 * {@code @Async} on a named executor.
 */
@Component
class A4AsyncOnNamedExecutor implements Pattern {

	private final Mailer mailer;

	private final BoundedExecutors executors;

	A4AsyncOnNamedExecutor(Mailer mailer, BoundedExecutors executors) {
		this.mailer = mailer;
		this.executors = executors;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A4", "@Async on a named executor")
			.summary("""
					An ordinary method with @Async("mailer") returns at once; its body runs on the executor \
					of that name, within that executor's bound, with the caller's context.""")
			.useWhen("""
					A bean's method is always to run elsewhere, and its callers should not have to care. Name the \
					executor: without a name, all such methods share Boot's one. Mind that a call from within the \
					same bean does not pass the proxy and stays on the caller's thread.""")
			.yaml("async.executors.mailer")
			.docs("executors")
			.asyncio("create_task", """
					task = asyncio.create_task(send(mail), name="mail 1")
					...
					await task
					""")
			.parameter(Parameter.number("mails", 12, 1, 200, "Number of mails to send"))
			.parameter(Parameter.millis("latency", 120, 1, 1000, "How long the mail server takes for one"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		long start = System.nanoTime();
		List<CompletableFuture<Sent>> futures = new ArrayList<>();
		for (int i = 1; i <= run.number("mails"); i++) {
			Lane lane = run.lane("", "mail " + i).queued();
			futures.add(this.mailer.send(i, run.millis("latency"), run, lane));
		}
		Duration handedOver = Duration.ofNanos(System.nanoTime() - start);
		List<Sent> sent = new ArrayList<>();
		for (CompletableFuture<Sent> future : futures) {
			sent.add(future.get());
		}
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]

		BoundedExecutor executor = this.executors.get("mailer");
		String requestId = String.valueOf(RequestId.current());
		int peak = run.counts("").peakRunning();
		TreeMap<String, Long> byThread = sent.stream()
			.collect(Collectors.groupingBy(Sent::thread, TreeMap::new, Collectors.counting()));
		List<List<Object>> rows = new ArrayList<>();
		byThread.forEach((thread, mails) -> rows.add(List.of(thread, mails)));
		return RunResult.builder()
			.headline("%d mails handed over in %s, sent in %s, %d at once".formatted(sent.size(),
					Timings.text(handedOver), Timings.text(took), peak))
			.time("handing all mails over", handedOver, "total")
			.time("until the last one was sent", took, "total")
			.count("most mails at once", peak)
			.count("bound of the executor", executor.getMaxConcurrency())
			.proof("Every mail was sent by a thread of 'mailer'", String.join(", ", byThread.keySet()),
					byThread.keySet().stream().allMatch((thread) -> thread.startsWith("mailer")))
			.proof("Never more at once than the bound", "%d of %d".formatted(peak, executor.getMaxConcurrency()),
					peak <= executor.getMaxConcurrency())
			.proof("The caller does not wait for the work",
					"%s of %s".formatted(Timings.text(handedOver), Timings.text(took)), handedOver.compareTo(took) < 0)
			.proof("The caller's context is kept", "request id " + requestId,
					!requestId.equals("null") && sent.stream().allMatch((mail) -> mail.requestId().equals(requestId)))
			.table("Mails by thread", List.of("thread", "mails"), rows)
			.build();
	}

	// tag::run[]
	// async.executors.mailer: { threads: platform, max-concurrency: 3, queue-capacity:
	// 1000 }
	@Component
	static class Mailer {

		private final UpstreamClient mailServer;

		Mailer(UpstreamClient mailServer) {
			this.mailServer = mailServer;
		}

		@Async("mailer")
		CompletableFuture<Sent> send(int mail, Duration latency, PatternRun run, Lane lane) throws Exception {
			return CompletableFuture.completedFuture(lane.call(() -> {
				this.mailServer.item(mail, latency, run.id());
				return new Sent(Thread.currentThread().getName(), String.valueOf(RequestId.current()));
			}));
		}

	}

	record Sent(String thread, String requestId) {

	}
	// end::run[]

}
