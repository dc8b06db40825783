package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;
import io.asyncstarter.task.Tasks;

/**
 * From reactive to blocking, and back.
 */
@Component
class A5ReactiveAndBlocking implements Pattern {

	private static final String TO_BLOCKING = "blocking work in a reactive chain";

	private static final String TO_REACTIVE = "a Mono on a thread that may block";

	private static final String CANCELLED = "a chain that is cancelled";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	A5ReactiveAndBlocking(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A5", "Reactive and blocking, both ways")
			.summary("""
					Work that blocks becomes a Mono and leaves the event loop for an executor; a Mono is waited for \
					by a thread that may wait. The context goes along both ways. Cancelling the chain interrupts \
					the work, and waiting on an event loop is refused before it does harm.""")
			.useWhen("""
					A reactive application uses a library that blocks, or the other way round. Where everything \
					blocks, plain virtual threads need no bridge.""")
			.yaml("async.executors.io")
			.docs("tasks")
			.asyncio("to_thread, run_coroutine_threadsafe", """
					# blocking work in a coroutine
					item = await asyncio.to_thread(fetch, 1)

					# a coroutine from a thread that may block
					future = asyncio.run_coroutine_threadsafe(
					    fetch_async(1), loop)
					item = future.result()
					""")
			.parameter(Parameter.number("calls", 6, 1, 50, "How many calls each way"))
			.parameter(Parameter.millis("latency", 100, 1, 2000, "How long each takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Seen seen = new Seen();
		run.note("Event loop → executor 'io' → event loop");
		List<Object> items = Flux.range(1, run.number("calls")).flatMap((i) -> {
			Lane lane = run.lane(TO_BLOCKING, "call " + i).queued();
			Callable<Object> blocking = () -> lane.call(() -> {
				seen.at("blocking work", seen.working);
				return this.upstream.item(request(run, i));
			});
			return this.upstream.ping().flatMap((pong) -> {
				seen.at("the chain before it", seen.before);
				return this.tasks.reactive().blocking(blocking);
			});
		}).collectList().blockOptional().orElseThrow();

		run.note("Virtual thread → Mono → the same virtual thread");
		List<Callable<Object>> callers = new ArrayList<>();
		for (int i = 1; i <= run.number("calls"); i++) {
			UpstreamRequest request = request(run, i);
			Lane lane = run.lane(TO_REACTIVE, "call " + i);
			callers.add(() -> lane.call(() -> {
				seen.at("the caller of join", seen.working);
				return String.valueOf(this.tasks.reactive().join(this.upstream.itemMono(request)));
			}));
		}
		List<Object> joined = this.tasks.gather(callers);

		run.note("On an event loop, waiting is refused");
		String refusal = this.upstream.ping().map((pong) -> joinOnLoop(request(run, 1))).blockOptional().orElseThrow();

		run.note("A chain is cancelled while its work is under way");
		boolean idle = cancel(run);
		// end::run[]
		return result(run, items, joined, seen, refusal, idle);
	}

	// tag::run[]

	private String joinOnLoop(UpstreamRequest request) {
		try {
			return "not refused: " + this.tasks.reactive().join(this.upstream.itemMono(request));
		}
		catch (IllegalStateException ex) {
			return String.valueOf(ex.getMessage());
		}
		catch (Exception ex) {
			return "not refused, but failed: " + ex;
		}
	}

	private boolean cancel(PatternRun run) throws InterruptedException {
		CountDownLatch underWay = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		UpstreamRequest request = request(run, 1).group(CANCELLED).latency(Duration.ofSeconds(10));
		Lane lane = run.lane(CANCELLED, "the work");
		try (UpstreamWatch atUpstream = this.load
			.watch(run.id(), CANCELLED, (now) -> run.gauge("work at the upstream", now))
			.onArrival(underWay::countDown)) {
			Disposable chain = this.tasks.reactive().blocking(() -> {
				try {
					return lane.call(() -> this.upstream.item(request));
				}
				finally {
					ended.countDown();
				}
			}).subscribe();
			underWay.await();
			chain.dispose();
			ended.await();
			return atUpstream.awaitIdle(Duration.ofSeconds(4));
		}
	}
	// end::run[]

	private static UpstreamRequest request(PatternRun run, int i) {
		return UpstreamRequest.of(run.id(), i).latency(run.millis("latency"));
	}

	private static RunResult result(PatternRun run, List<Object> items, List<Object> joined, Seen seen, String refusal,
			boolean idle) {
		int calls = run.number("calls");
		long before = seen.before.stream().filter(Place::eventLoop).count();
		long working = seen.working.stream().filter(Place::eventLoop).count();
		List<List<Object>> rows = new ArrayList<>();
		seen.before.stream().distinct().forEach((place) -> rows.add(place.row()));
		seen.working.stream().distinct().forEach((place) -> rows.add(place.row()));
		int interrupted = run.counts(CANCELLED).cancelled();
		return RunResult.builder()
			.headline("%d calls from reactive to blocking, %d back, and %d times was an event loop kept waiting"
				.formatted(items.size(), joined.size(), working))
			.count("steps on an event loop", before)
			.count("pieces of work that may block", seen.working.size())
			.table("Who ran where", List.of("what", "thread", "is an event loop"), rows)
			.proof("Every call has its result, both ways", "%d and %d".formatted(items.size(), joined.size()),
					items.size() == calls && joined.size() == calls)
			.proof("The chain comes from an event loop, the work does not run there",
					"%d steps there, %d pieces of work".formatted(before, working), before == calls && working == 0)
			.proof("An event loop that would wait is refused", refusal, refusal.contains("must not wait"))
			.proof("Cancelling the chain interrupts the work", interrupted + " interrupted", interrupted == 1 && idle)
			.build();
	}

	/**
	 * Where code has run.
	 */
	private record Place(String what, String thread, boolean eventLoop) {

		List<Object> row() {
			return List.of(this.what, this.thread, this.eventLoop ? "yes" : "no");
		}

	}

	/**
	 * Where all of it has run.
	 */
	private static final class Seen {

		private final Queue<Place> before = new ConcurrentLinkedQueue<>();

		private final Queue<Place> working = new ConcurrentLinkedQueue<>();

		void at(String what, Queue<Place> places) {
			Thread thread = Thread.currentThread();
			String name = thread.getName().isEmpty() ? "a virtual thread" : thread.getName();
			places.add(new Place(what, name, Schedulers.isInNonBlockingThread()));
		}

	}

}
