package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.gallery.Lane;
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
 * Ready results cost no scheduling.
 */
@Component
class A8ReadyResults implements Pattern {

	private static final String LOADS = "loads, on the executor 'io'";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	A8ReadyResults(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A8", "Ready results cost no scheduling")
			.summary("""
					A result that is there already is handed over at once, on the thread that asks: no task, no \
					queue, no switch of threads. Only a miss goes to an executor. A Mono and a completed future do \
					that by themselves, as an eager task does in asyncio.""")
			.useWhen("""
					Most calls are answered from a cache. It also means that what is chained to the result runs on \
					the thread of the caller or of the loader, whichever it is: keep it short, or move it.""")
			.yaml("async.executors.io")
			.docs("choosing")
			.asyncio("eager_task_factory", """
					loop.set_task_factory(asyncio.eager_task_factory)

					async def item(id):
					    if id in cache:
					        return cache[id]   # never suspends
					    cache[id] = await fetch(id)
					    return cache[id]

					task = asyncio.create_task(item(1))
					task.done()                # True for a hit
					""")
			.parameter(Parameter.number("requests", 24, 2, 500, "How many requests"))
			.parameter(Parameter.number("items", 6, 1, 100, "For how many items"))
			.parameter(Parameter.millis("latency", 80, 1, 1000, "How long a miss takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Map<Integer, Item> cache = new ConcurrentHashMap<>();
		List<Answer> answers = new ArrayList<>();
		for (int i = 0; i < run.number("requests"); i++) {
			int id = 1 + i % run.number("items");
			boolean hit = cache.containsKey(id);
			AtomicReference<Thread> thread = new AtomicReference<>(Thread.currentThread());
			long start = System.nanoTime();
			CompletableFuture<Item> future = run.keep(item(run, cache, id)
				// what is chained to the result
				.doOnNext((item) -> thread.set(Thread.currentThread()))
				.toFuture());
			boolean atOnce = future.isDone();
			future.get();
			answers.add(new Answer(id, hit, atOnce, thread.get().equals(Thread.currentThread()),
					Duration.ofNanos(System.nanoTime() - start)));
		}
		// end::run[]
		return result(run, answers);
	}

	// tag::run[]

	private Mono<Item> item(PatternRun run, Map<Integer, Item> cache, int id) {
		Item cached = cache.get(id);
		if (cached != null) {
			run.mark("item %d is there".formatted(id));
			return Mono.just(cached);
		}
		Lane lane = run.lane(LOADS, "item " + id).queued();
		UpstreamRequest request = UpstreamRequest.of(run.id(), id).latency(run.millis("latency"));
		return this.tasks.reactive()
			.blocking(() -> lane.call(() -> this.upstream.item(request)))
			.doOnNext((item) -> cache.put(id, item));
	}
	// end::run[]

	private static RunResult result(PatternRun run, List<Answer> answers) {
		List<Answer> hits = answers.stream().filter(Answer::hit).toList();
		List<Answer> misses = answers.stream().filter((answer) -> !answer.hit()).toList();
		long inline = hits.stream().filter((hit) -> hit.atOnce() && hit.onCaller()).count();
		long moved = misses.stream().filter((miss) -> !miss.onCaller()).count();
		int tasks = run.counts(LOADS).total();
		Timings ready = new Timings();
		hits.forEach((hit) -> ready.add(hit.took().toNanos()));
		Timings loaded = new Timings();
		misses.forEach((miss) -> loaded.add(miss.took().toNanos()));
		List<List<Object>> rows = answers.stream()
			.limit(50)
			.map((answer) -> List.<Object>of("item " + answer.id(), answer.hit() ? "hit" : "miss",
					answer.onCaller() ? "the caller's" : "another", Timings.text(answer.took())))
			.toList();
		return RunResult.builder()
			.headline("%d hits in %s each and %d misses in %s each; %d tasks were scheduled".formatted(hits.size(),
					Timings.text(ready.percentile(50)), misses.size(), Timings.text(loaded.percentile(50)), tasks))
			.time("a hit", ready.percentile(50), "median")
			.time("a miss", loaded.percentile(50), "median")
			.table("Requests", List.of("item", "answer", "thread", "took"), rows)
			.proof("A hit is there at once, on the caller's thread", "%d of %d".formatted(inline, hits.size()),
					inline == hits.size())
			.proof("A miss comes from another thread", "%d of %d".formatted(moved, misses.size()),
					moved == misses.size())
			.proof("Only misses are scheduled", "%d tasks for %d misses".formatted(tasks, misses.size()),
					tasks == misses.size())
			.build();
	}

	private record Answer(int id, boolean hit, boolean atOnce, boolean onCaller, Duration took) {

	}

}
