package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.requestid.CapturedLog;
import io.asyncstarter.sample.requestid.RequestId;
import io.asyncstarter.sample.upstream.UpstreamClient;

/**
 * The context follows the work.
 */
@Component
class A6ContextFollowsWork implements Pattern {

	private static final Logger logger = LoggerFactory.getLogger(A6ContextFollowsWork.class);

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	A6ContextFollowsWork(BoundedExecutors executors, UpstreamClient upstream) {
		this.executors = executors;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A6", "Context follows the work")
			.summary("""
					The id of a request is set once, where the request comes in. Through executors, nested \
					executors, Reactor's schedulers and an HTTP call it is in every log line, and no thread keeps it \
					afterwards.""")
			.useWhen("""
					Always: it is on by default. Anything that has a ThreadLocalAccessor travels: MDC, tracing, \
					security, your own. Send X-Request-Id with the POST to see your own id.""")
			.docs("executors")
			.asyncio("contextvars", """
					request_id = contextvars.ContextVar("request_id")

					request_id.set("r-42")
					# tasks copy the context; threads need to be told:
					await asyncio.to_thread(work)
					""")
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		BoundedExecutor io = this.executors.get("io");
		BoundedExecutor cpu = this.executors.get("cpu");
		try (CapturedLog log = new CapturedLog(run.id())) {
			say(run, "the run itself");

			run.submit(io, "io, then cpu", () -> {
				say(run, "a task on io");
				return run.submit(cpu, "cpu, from io", () -> say(run, "a task on cpu, handed over by the one on io"))
					.get();
			}).get();

			Mono<String> chain = Mono.fromCallable(() -> say(run, "Reactor, on boundedElastic"))
				.subscribeOn(Schedulers.boundedElastic())
				.delayElement(Duration.ofMillis(30))
				.doOnNext((said) -> say(run, "Reactor, after a delay"))
				.flatMap((said) -> this.upstream.log(run.id()))
				.doOnNext((answer) -> say(run, "Reactor, after the HTTP call"));
			run.lane("", "Reactor chain").mono(chain).block();
			// end::run[]

			return result(log.lines(), String.valueOf(RequestId.current()), leftOn(cpu));
		}
	}

	private static String say(PatternRun run, String what) {
		CapturedLog.write(logger, run.id(), what);
		return what;
	}

	// looks for an id on the threads of an executor, from a thread that has none
	private static String leftOn(BoundedExecutor executor) throws Exception {
		CompletableFuture<String> found = new CompletableFuture<>();
		Thread.ofPlatform()
			.name("stranger")
			.start(() -> executor.execute(() -> found.complete(String.valueOf(RequestId.current()))));
		return found.get(5, TimeUnit.SECONDS);
	}

	private static RunResult result(List<CapturedLog.Line> lines, String id, String left) {
		long threads = lines.stream().map(CapturedLog.Line::thread).distinct().count();
		long withId = lines.stream().filter((line) -> line.requestId().equals(id)).count();
		return RunResult.builder()
			.headline("%d log lines from %d threads, %d of them with the request id %s".formatted(lines.size(), threads,
					withId, id))
			.count("log lines", lines.size())
			.count("threads", threads)
			.count("lines with the id of the request", withId)
			.proof("One request id in every log line", "%d of %d with %s".formatted(withId, lines.size(), id),
					!id.equals("null") && withId == lines.size())
			.proof("Every hop left a line, on several threads", "%d lines, %d threads".formatted(lines.size(), threads),
					lines.size() == 7 && threads > 3)
			.proof("Nothing stays behind on a pooled thread", "found " + left, left.equals("null"))
			.table("The log", List.of("line", "thread", "request id"),
					lines.stream()
						.map((line) -> List.<Object>of(line.message(), line.thread(), line.requestId()))
						.toList())
			.build();
	}

}
