package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Tasks;

/**
 * Pages that are fetched as their items are read.
 */
@Component
class E4PagedSource implements Pattern {

	private static final String FLUX = "a Flux";

	private static final String STREAM = "a Stream";

	private static final String SEVERAL = "a Stream, several pages at a time";

	private static final String UNBOUNDED = "a Flux with Reactor's own prefetch";

	private static final String CHART = "pages";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	E4PagedSource(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E4", "Paged source as a stream")
			.summary("""
					An upstream hands out its items in pages; its reader sees one stream of items. A page is fetched \
					when the reader gets near it, so many ahead and no more, and what nobody reads is never fetched. \
					Look at how far the fetched pages are ahead of those read.""")
			.useWhen("""
					Lists of an API, a bucket, a mailbox: anything with a next page. If each page tells where the \
					next one is, they come one after another; if pages have numbers, several can be fetched at a \
					time. Mind the prefetch: what Reactor takes if none is said is the whole list, for most lists.""")
			.docs("streams")
			.asyncio("async generator", """
					async def items():
					    page = await fetch(first)
					    while page:
					        for item in page.items:
					            yield item
					        page = await fetch(page.next)

					async for item in items():
					    handle(item)
					""")
			.parameter(Parameter.number("pages", 20, 1, 100, "Pages that there are"))
			.parameter(Parameter.number("size", 8, 1, 50, "Items on a page"))
			.parameter(Parameter.number("wanted", 60, 1, 5000, "Items that are read before the stream is closed"))
			.parameter(Parameter.number("ahead", 2, 1, 10, "Pages that may be fetched ahead, or at a time"))
			.parameter(Parameter.millis("latency", 40, 1, 1000, "How long the upstream takes for a page"))
			.parameter(Parameter.millis("reading", 10, 0, 200, "How long the reader takes for an item"))
			.parameter(Parameter.choice("stream", "What the reader has", FLUX, STREAM, SEVERAL, UNBOUNDED))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) {
		Pages pages = new Pages(run, this.upstream);
		long start = System.nanoTime();
		try (Stream<Integer> items = switch (run.choice("stream")) {
			case FLUX -> flux(pages, run.number("ahead")).toStream(1);
			case STREAM -> stream(pages);
			case SEVERAL -> severalAtATime(pages, run.number("pages"), run.number("ahead"));
			default -> withoutBound(pages).toStream(1);
		}) {
			items.limit(run.number("wanted")).forEach(pages::read);
		}
		finally {
			pages.close();
		}
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]
		return result(run, pages, took);
	}

	// tag::run[]

	// each page says where the next one is
	private static Flux<Integer> flux(Pages pages, int ahead) {
		return pages.fetchMono(1)
			.expand((page) -> Mono.justOrEmpty(page.next()).flatMap(pages::fetchMono))
			.concatMapIterable(Page::items, ahead);
	}

	private static Stream<Integer> stream(Pages pages) {
		return Stream
			.iterate(Optional.of(pages.fetch(1)), Optional::isPresent,
					(page) -> page.flatMap(Page::next).map(pages::fetch))
			.flatMap((page) -> page.stream().map(Page::items).flatMap(List::stream));
	}

	// pages have numbers, so nobody has to wait for one to get at the next
	private Stream<Integer> severalAtATime(Pages pages, int last, int limit) {
		return this.tasks.mapping(IntStream.rangeClosed(1, last).boxed().toList(), limit, pages::fetch)
			.window(0)
			.stream()
			.map(Page::items)
			.flatMap(List::stream);
	}

	// as one would write it
	private static Flux<Integer> withoutBound(Pages pages) {
		return pages.fetchMono(1)
			.expand((page) -> Mono.justOrEmpty(page.next()).flatMap(pages::fetchMono))
			.flatMapIterable(Page::items);
	}
	// end::run[]

	private static RunResult result(PatternRun run, Pages pages, Duration took) {
		int wanted = Math.min(run.number("wanted"), run.number("pages") * run.number("size"));
		int needed = Math.ceilDiv(wanted, run.number("size"));
		int fetched = pages.fetched.get();
		int ahead = pages.mostAhead.get();
		// the page that is being asked for, and those ahead of it
		int bound = run.choice("stream").equals(STREAM) ? 1 : run.number("ahead") + 1;
		RunResult.Builder result = RunResult.builder()
			.headline("%d items read from %d pages, %d of %d pages fetched, never more than %d ahead, in %s"
				.formatted(pages.read.get(), needed, fetched, run.number("pages"), ahead, Timings.text(took)))
			.time("all of it", took)
			.count("pages fetched that nobody read", fetched - needed)
			.count("most pages ahead of the reader", ahead)
			.proof("Every item that is wanted is read, in order", "%d of %d".formatted(pages.read.get(), wanted),
					pages.read.get() == wanted && pages.misplaced.get() == 0);
		if (run.choice("stream").equals(UNBOUNDED)) {
			return result
				.proof("Without a bound, fetching does not wait for the reader", "%d pages ahead".formatted(ahead),
						ahead > bound)
				.build();
		}
		return result
			.proof("Pages are fetched only as the reader gets near them", "%d of %d ahead".formatted(ahead, bound),
					ahead <= bound)
			.proof("What nobody reads is not fetched", "%d of %d fetched".formatted(fetched, run.number("pages")),
					fetched <= needed + bound)
			.build();
	}

	private record Page(List<Integer> items, Optional<Integer> next) {

	}

	/**
	 * The pages, who asked for them, and who read them.
	 */
	private static final class Pages {

		private final AtomicInteger fetched = new AtomicInteger();

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicInteger read = new AtomicInteger();

		private final AtomicInteger misplaced = new AtomicInteger();

		private final AtomicInteger mostAhead = new AtomicInteger();

		private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();

		private final PatternRun run;

		private final UpstreamClient upstream;

		private Pages(PatternRun run, UpstreamClient upstream) {
			this.run = run;
			this.upstream = upstream;
		}

		Page fetch(int number) {
			asked(number);
			this.upstream.item(request(number));
			return arrived(number);
		}

		Mono<Page> fetchMono(int number) {
			return Mono.defer(() -> {
				asked(number);
				return this.upstream.itemMono(request(number)).map((item) -> arrived(number));
			});
		}

		private UpstreamRequest request(int number) {
			return UpstreamRequest.of(this.run.id(), number).latency(this.run.millis("latency"));
		}

		private void asked(int number) {
			int fetched = this.fetched.incrementAndGet();
			this.mostAhead.accumulateAndGet(fetched - this.begun.get(), Math::max);
			this.run.plot(CHART, "asked for", Shape.STEPS, fetched);
			lane(number).running("fetched");
		}

		private Page arrived(int number) {
			int size = this.run.number("size");
			lane(number).waiting("for its reader");
			return new Page(IntStream.range((number - 1) * size, number * size).boxed().toList(),
					Optional.of(number + 1).filter((next) -> next <= this.run.number("pages")));
		}

		void read(int item) {
			int size = this.run.number("size");
			Lane lane = lane(item / size + 1);
			if (item % size == 0) {
				this.run.plot(CHART, "begun to be read", Shape.STEPS, this.begun.incrementAndGet());
				lane.running("read");
			}
			LockSupport.parkNanos(this.run.millis("reading").toNanos());
			if (item != this.read.getAndIncrement()) {
				this.misplaced.incrementAndGet();
			}
			if (item % size == size - 1) {
				lane.done();
			}
		}

		private Lane lane(int number) {
			return this.lanes.computeIfAbsent(number, (page) -> this.run.lane("", "page " + page));
		}

		void close() {
			this.lanes.values().forEach((lane) -> lane.cancelled("nobody wants more"));
		}

	}

}
