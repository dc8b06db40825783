package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.LaneCounts;
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
import io.asyncstarter.task.Outcome;
import io.asyncstarter.task.Tasks;

/**
 * A cache with a time to live, and one load for all who wait.
 */
@Component
class F6SharedLoads implements Pattern {

	private static final String ALONE = "without a cache";

	private static final String SHARED = "with a cache";

	private static final String FAILING = "the load fails";

	private static final String LEFT = "one caller leaves";

	private static final String MISTAKEN = "one leaves, and takes the load along";

	private static final String LOADS = "loads, on the executor 'io'";

	private static final String CALLERS = "callers";

	private final BoundedExecutors executors;

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	F6SharedLoads(BoundedExecutors executors, Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.executors = executors;
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F6", "A cache that loads once for all")
			.summary("""
					The cache holds futures: who comes first starts the load, on the executor 'io', and all who come \
					before it is done wait for the same one. A value lives for so long, a failure reaches those who \
					wait and is forgotten, and a caller who leaves does not take the load along.""")
			.useWhen("""
					Many ask for the same thing that is slow or costly to get and may be a little old. Without it, \
					a popular key that expires is loaded by everybody at once. Mind the last part of this run: \
					Mono.fromFuture cancels the future that all share, unless it is told not to.""")
			.yaml("async.executors.io")
			.docs("resources")
			.asyncio("a dict of tasks", """
					tasks = {}

					async def get(key):
					    if key not in tasks:
					        tasks[key] = asyncio.create_task(load(key))
					        # with a time to live, and without failures
					        tasks[key].add_done_callback(keep_or_forget)
					    return await asyncio.shield(tasks[key])
					""")
			.parameter(Parameter.number(CALLERS, 100, 2, 200, "How many ask for the same item at once"))
			.parameter(Parameter.flag("alone", true, "Whether to make the mistake first: everybody loads alone"))
			.parameter(Parameter.millis("ttl", 60_000, 5000, 600_000,
					"How long an item lives; the clock of the cache is put forward by it"))
			.parameter(Parameter.millis("latency", 300, 10, 5000, "How long a load takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		AtomicLong skipped = new AtomicLong();
		AsyncCache<Integer, Item> cache = Caffeine.newBuilder()
			.maximumSize(1000)
			.expireAfterWrite(run.millis("ttl"))
			.ticker(() -> System.nanoTime() + skipped.get())
			.buildAsync();
		int few = Math.min(run.number(CALLERS), 10);
		try (UpstreamWatch alone = watch(run, ALONE);
				UpstreamWatch shared = watch(run, SHARED);
				UpstreamWatch failing = watch(run, FAILING);
				UpstreamWatch left = watch(run, LEFT);
				UpstreamWatch mistaken = watch(run, MISTAKEN)) {
			if (run.flag("alone")) {
				run.note("The mistake: every caller loads the item");
				UpstreamRequest request = request(run, ALONE, 1);
				atOnce(run, ALONE, run.number(CALLERS), () -> this.upstream.item(request));
			}

			run.note("All want the same item: the first one has it loaded");
			UpstreamRequest one = request(run, SHARED, 1);
			long answered = atOnce(run, SHARED, run.number(CALLERS), () -> find(run, cache, one).get());
			List<Integer> loads = new ArrayList<>(List.of(shared.served()));
			find(run, cache, one).get();
			loads.add(shared.served());
			awaitKept(cache, one);
			skipped.addAndGet(run.millis("ttl").toNanos());
			find(run, cache, one).get();
			loads.add(shared.served());

			run.note("The load fails: all who wait hear of it, the next one tries again");
			UpstreamRequest two = request(run, FAILING, 2).failFirst(1);
			long failed = few - atOnce(run, FAILING, few, () -> find(run, cache, two).get());
			Item second = Mono.fromFuture(() -> find(run, cache, two), true)
				// forgotten as soon as those who waited for it have been told
				.retryWhen(Retry.fixedDelay(50, Duration.ofMillis(10)))
				.blockOptional()
				.orElseThrow();

			run.note("A caller leaves while the item is loaded. The others get it");
			UpstreamRequest three = request(run, LEFT, 3);
			oneLeaves(run, LEFT, few, left, () -> Mono.fromFuture(() -> find(run, cache, three), true));

			run.note("The mistake: whoever leaves cancels the future that all share");
			UpstreamRequest four = request(run, MISTAKEN, 4);
			oneLeaves(run, MISTAKEN, few, mistaken, () -> Mono.fromFuture(() -> find(run, cache, four)));
			// end::run[]
			return result(run, new Seen(few, alone, answered, List.copyOf(loads), failing, failed, second, left));
		}
	}

	// tag::run[]

	// the future of a load that is under way or done, or else of one that begins now
	private CompletableFuture<Item> find(PatternRun run, AsyncCache<Integer, Item> cache, UpstreamRequest request) {
		BoundedExecutor io = this.executors.get("io");
		return cache.get(request.id(), (id, executor) -> {
			Lane lane = run.lane(LOADS, request.group());
			return run.keep(io.submitCompletable(() -> lane.call(() -> this.upstream.item(request))));
		});
	}

	// how many of them are answered
	private long atOnce(PatternRun run, String group, int callers, Callable<Item> call) throws InterruptedException {
		List<Callable<Item>> calls = new ArrayList<>();
		for (int i = 1; i <= callers; i++) {
			Lane lane = run.lane(group, "caller " + i);
			calls.add(() -> lane.waiting("for the item").track(call));
		}
		return this.tasks.settle(calls).stream().filter(Outcome::isSuccess).count();
	}

	private static void oneLeaves(PatternRun run, String group, int callers, UpstreamWatch atUpstream,
			Supplier<Mono<Item>> call) throws InterruptedException {
		CountDownLatch underWay = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(callers);
		atUpstream.onArrival(underWay::countDown);
		List<Disposable> chains = new ArrayList<>();
		for (int i = 1; i <= callers; i++) {
			Lane lane = run.lane(group, "caller " + i).waiting("for the item");
			chains.add(lane.track(call.get()).doFinally((signal) -> ended.countDown()).onErrorComplete().subscribe());
		}
		underWay.await();
		chains.getFirst().dispose();
		ended.await();
	}
	// end::run[]

	private UpstreamWatch watch(PatternRun run, String group) {
		return this.load.watch(run.id(), group, (now) -> run.gauge("calls at the upstream", now));
	}

	private static UpstreamRequest request(PatternRun run, String group, int id) {
		return UpstreamRequest.of(run.id(), id).group(group).latency(run.millis("latency"));
	}

	private static RunResult result(PatternRun run, Seen seen) {
		int callers = run.number(CALLERS);
		LaneCounts left = run.counts(LEFT);
		LaneCounts mistaken = run.counts(MISTAKEN);
		RunResult.Builder result = RunResult.builder()
			.headline("%d callers at once, %d load; the caller who left kept none of the other %d from the item"
				.formatted(callers, seen.loads().getFirst(), left.done()))
			.count("calls at the upstream, with the cache", seen.loads().getFirst())
			.count("callers who were answered", seen.answered());
		if (run.flag("alone")) {
			result.count("calls at the upstream, without a cache", seen.alone().served())
				.proof("Without a cache, each caller is a call", "%d calls".formatted(seen.alone().served()),
						seen.alone().served() == callers);
		}
		return result
			.proof("All callers, one load", "%d answered, %d load".formatted(seen.answered(), seen.loads().getFirst()),
					seen.answered() == callers && seen.loads().getFirst() == 1)
			.proof("An item is loaded again when its time is over, and not before",
					"%s loads: at first, before, after".formatted(seen.loads()), seen.loads().equals(List.of(1, 1, 2)))
			.proof("A failure reaches all who wait for it, and is not kept",
					"%d failed by one load; then '%s'".formatted(seen.failed(), seen.second().name()),
					seen.failed() == seen.few() && seen.failing().served() == 2)
			.proof("A caller who leaves does not cancel the load",
					"%d left, %d answered by %d load".formatted(left.cancelled(), left.done(), seen.left().served()),
					left.cancelled() == 1 && left.done() == seen.few() - 1 && seen.left().served() == 1
							&& seen.left().cancelled() == 0)
			.proof("If the cancellation is passed on, nobody gets the item", "%d answered".formatted(mistaken.done()),
					mistaken.done() == 0 && mistaken.cancelled() == seen.few())
			.build();
	}

	/**
	 * Waits until the time of an item to live has begun: the cache hears of the end of a
	 * load after those who wait for it.
	 */
	private static void awaitKept(AsyncCache<Integer, Item> cache, UpstreamRequest request)
			throws InterruptedException {
		Policy.FixedExpiration<Integer, Item> life = cache.synchronous().policy().expireAfterWrite().orElseThrow();
		while (life.ageOf(request.id(), TimeUnit.NANOSECONDS).orElse(0) < 0) {
			LockSupport.parkNanos(1_000_000);
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
		}
	}

	private record Seen(int few, UpstreamWatch alone, long answered, List<Integer> loads, UpstreamWatch failing,
			long failed, Item second, UpstreamWatch left) {

	}

}
