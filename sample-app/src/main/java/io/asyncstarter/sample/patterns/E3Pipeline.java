package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.queue.WorkQueue;
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
 * A pipeline of several stages.
 */
@Component
class E3Pipeline implements Pattern {

	private static final String QUEUES = "queues in series";

	private static final String FLUX = "one Flux";

	private final WorkQueue<?> scans;

	private final UpstreamClient upstream;

	private final Tasks tasks;

	E3Pipeline(@Qualifier("scans") WorkQueue<?> scans, UpstreamClient upstream, Tasks tasks) {
		this.scans = scans;
		this.upstream = upstream;
		this.tasks = tasks;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E3", "Pipeline of several stages")
			.summary("""
					Each stage takes from its queue, works, and puts into the queue of the next one, which makes it \
					wait while that is full. So the slowest stage holds back all before it, down to the source, and \
					no more items are under way than all bounds together allow.""")
			.useWhen("""
					Stages need different things, such as the network, the processor and the disk, and each its own \
					bound. If the stages do not block and nothing else puts items in, one Flux does the same with \
					less: give every flatMap its concurrency, and a prefetch of 1.""")
			.yaml("async.queues.scans")
			.yaml("async.queues.texts")
			.yaml("async.queues.entries")
			.docs("streams")
			.asyncio("a queue between any two stages", """
					async def stage(work, source, sink):
					    while True:
					        item = await source.get()
					        await sink.put(await work(item))
					        source.task_done()

					await first.join()
					await second.join()
					await third.join()
					""")
			.parameter(Parameter.number("items", 30, 1, 200, "Items that go through"))
			.parameter(Parameter.number("capacity", this.scans.getCapacity(), 1, 50, "Capacity of each queue"))
			.parameter(Parameter.number("workers", 2, 1, 10, "Items that each stage works on at a time"))
			.parameter(Parameter.millis("latency", 25, 1, 500, "How long a stage works on an item"))
			.parameter(Parameter.millis("slowest", 100, 1, 1000, "How long the last stage does"))
			.parameter(Parameter.choice("pipeline", "What it is made of", QUEUES, FLUX))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		List<Stage> stages = List.of(new Stage("scan", run.millis("latency")), new Stage("read", run.millis("latency")),
				new Stage("store", run.millis("slowest")));
		List<Page> pages = IntStream.rangeClosed(1, run.number("items"))
			.mapToObj((number) -> new Page(number, run, run.lane("", "page " + number)))
			.toList();
		Passage passage = new Passage(run);
		long start = System.nanoTime();
		if (run.choice("pipeline").equals(QUEUES)) {
			inSeries(run, stages, pages, passage);
		}
		else {
			this.tasks.reactive().join(asFlux(run, stages, pages, passage));
		}
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]
		return result(run, stages, passage, took);
	}

	// tag::run[]

	private void inSeries(PatternRun run, List<Stage> stages, List<Page> pages, Passage passage) throws Exception {
		// async.queues.scans, texts and entries, with the numbers of this run
		List<WorkQueue<Page>> queues = Stream.of("scans", "texts", "entries")
			.map((name) -> WorkQueue.<Page>builder(name)
				.capacity(run.number("capacity"))
				.deadLetters((letter) -> letter.item().lane.ended(letter.cause()))
				.build())
			.toList();
		try {
			for (int i = 0; i < queues.size(); i++) {
				Stage stage = stages.get(i);
				WorkQueue<Page> next = (i + 1 < queues.size()) ? queues.get(i + 1) : null;
				queues.get(i).consumers().count(run.number("workers")).forEach((page) -> {
					stage.work(page, () -> this.upstream.item(page.request(stage)));
					if (next == null) {
						passage.out(page);
					}
					else {
						// waits while the next stage has enough to do
						next.put(page);
						passage.depth(next);
					}
				});
			}
			for (Page page : pages) {
				page.lane.queued();
				queues.getFirst().put(page);
				passage.depth(queues.getFirst());
				passage.in();
			}
			for (WorkQueue<Page> queue : queues) {
				queue.close();
				queue.join();
			}
		}
		finally {
			queues.forEach((queue) -> queue.shutdownNow().forEach((page) -> page.lane.cancelled("its run is over")));
		}
	}

	private Mono<Void> asFlux(PatternRun run, List<Stage> stages, List<Page> pages, Passage passage) {
		Flux<Page> pipeline = Flux.fromIterable(pages).doOnNext((page) -> passage.in());
		for (Stage stage : stages) {
			pipeline = pipeline.flatMap(
					(page) -> stage.working(page, this.upstream.itemMono(page.request(stage))).thenReturn(page),
					run.number("workers"), 1);
		}
		return pipeline.doOnNext(passage::out).then();
	}
	// end::run[]

	private static RunResult result(PatternRun run, List<Stage> stages, Passage passage, Duration took) {
		int items = run.number("items");
		int workers = run.number("workers");
		boolean queues = run.choice("pipeline").equals(QUEUES);
		int capacity = queues ? run.number("capacity") : 0;
		int bound = stages.size() * (workers + capacity);
		int most = passage.most.get();
		int deepest = passage.deepest.get();
		List<List<Object>> rows = new ArrayList<>();
		stages.forEach((stage) -> rows.add(List.of(stage.name, Timings.text(stage.latency), stage.peak.get())));
		RunResult.Builder result = RunResult.builder()
			.headline("%d pages through three stages in %s, never more than %d under way".formatted(passage.out.get(),
					Timings.text(took), most))
			.time("all of it", took)
			.count("pages that were out when the last one came in", passage.outAtLast.get())
			.table("Stages", List.of("stage", "takes", "most at work"), rows)
			.proof("Never more at work in a stage than its workers",
					"%d of %d".formatted(stages.stream().mapToInt((stage) -> stage.peak.get()).max().orElse(0),
							workers),
					stages.stream().allMatch((stage) -> stage.peak.get() <= workers))
			.proof("Never more under way than all bounds together", "%d of %d".formatted(most, bound), most <= bound)
			.proof("The source goes at the pace of the last stage",
					"%d of %d were out when the last one came in".formatted(passage.outAtLast.get(), items),
					passage.outAtLast.get() >= items - bound)
			.proof("Every page comes out once", "%d of %d".formatted(passage.out.get(), items),
					passage.out.get() == items && run.counts("").done() == items);
		if (queues) {
			result.proof("Never more in a queue than its capacity", "%d of %d".formatted(deepest, capacity),
					deepest <= capacity);
		}
		return result.build();
	}

	private record Page(int number, PatternRun run, Lane lane) {

		private UpstreamRequest request(Stage stage) {
			return UpstreamRequest.of(this.run.id(), this.number).latency(stage.latency);
		}

	}

	/**
	 * A stage, and how many pages it works on.
	 */
	private static final class Stage {

		private final AtomicInteger now = new AtomicInteger();

		private final AtomicInteger peak = new AtomicInteger();

		private final String name;

		private final Duration latency;

		private Stage(String name, Duration latency) {
			this.name = name;
			this.latency = latency;
		}

		private void work(Page page, Callable<Item> work) throws Exception {
			enter();
			try {
				page.lane.piece(this.name, work);
			}
			finally {
				this.now.decrementAndGet();
			}
			page.lane.waiting("to go on");
		}

		private Mono<Item> working(Page page, Mono<Item> work) {
			return page.lane.piece(this.name, work).doOnSubscribe((subscription) -> enter()).doOnSuccess((item) -> {
				this.now.decrementAndGet();
				page.lane.waiting("to go on");
			});
		}

		private void enter() {
			this.peak.accumulateAndGet(this.now.incrementAndGet(), Math::max);
		}

	}

	/**
	 * What is in the pipeline.
	 */
	private static final class Passage {

		private final AtomicInteger in = new AtomicInteger();

		private final AtomicInteger out = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private final AtomicInteger outAtLast = new AtomicInteger();

		private final AtomicInteger deepest = new AtomicInteger();

		private final PatternRun run;

		private Passage(PatternRun run) {
			this.run = run;
		}

		private void in() {
			int out = this.out.get();
			this.most.accumulateAndGet(this.in.incrementAndGet() - out, Math::max);
			this.outAtLast.set(out);
			draw();
		}

		private void out(Page page) {
			page.lane.done();
			this.out.incrementAndGet();
			draw();
		}

		private void draw() {
			this.run.gauge("pages under way", this.in.get() - this.out.get());
		}

		private void depth(WorkQueue<?> queue) {
			int depth = queue.size();
			this.deepest.accumulateAndGet(depth, Math::max);
			this.run.gauge("in queue '%s'".formatted(queue.getName()), depth, this.run.number("capacity"));
		}

	}

}
