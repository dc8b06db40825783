package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.streaming.StreamClient;
import io.asyncstarter.sample.streaming.StreamWatch;

/**
 * An endpoint that answers while it works.
 */
@Component
class H1StreamingEndpoint implements Pattern {

	private static final String TOGETHER = "all together";

	private static final String STREAMED = "as they come";

	private static final String LEFT = "the client leaves";

	private static final int MANY = 1000;

	private static final String ITEMS = "items";

	private final StreamClient client;

	H1StreamingEndpoint(StreamClient client) {
		this.client = client;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("H1", "A streaming endpoint")
			.summary("""
					A handler returns a Flux, and each item goes out as a server-sent event when it is there: the \
					client has the first one long before the last one is made, and nobody holds them all. When the \
					client leaves, the Flux is cancelled and nothing more is made. A bar is an item on its way.""")
			.useWhen("""
					Items take their time, there are many or there is no end of them: progress, search results, \
					prices. The events of this page come that way. Not for a short list that is there at once: one \
					JSON array is simpler for everybody.""")
			.docs("choosing")
			.asyncio("StreamingResponse", """
					async def events():
					    async for item in items():
					        yield f'data: {item}\\n\\n'

					@app.get('/items')
					async def stream():
					    return StreamingResponse(
					        events(), media_type='text/event-stream')
					""")
			.parameter(Parameter.number(ITEMS, 12, 5, 200, "How many items"))
			.parameter(Parameter.millis("every", 100, 10, 1000, "How long it takes to make one"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int items = run.number(ITEMS);
		Duration every = run.millis("every");

		try (Answer together = new Answer(run, TOGETHER);
				Answer streamed = new Answer(run, STREAMED);
				Answer left = new Answer(run, LEFT)) {
			run.note("The handler returns a Mono of a list");
			together.receive(this.client.list(together.name(), items, every));

			run.note("The handler returns a Flux, as server-sent events");
			streamed.receive(this.client.items(streamed.name(), items, every));

			run.note("A client that wants three of very many, and leaves");
			left.receive(this.client.items(left.name(), MANY, every).take(3));
			boolean abandoned = left.watch.awaitEnd();
			// end::run[]
			return result(items, together, streamed, left, abandoned);
		}
	}

	private static RunResult result(int items, Answer together, Answer streamed, Answer left, boolean abandoned) {
		return RunResult.builder()
			.headline("The first of %d items came after %s, and after %s where they were collected".formatted(items,
					Timings.text(streamed.first), Timings.text(together.first)))
			.time("the first item, as they come", streamed.first, "first")
			.time("the first item, all together", together.first, "first")
			.time("the last item, as they come", streamed.last, "last")
			.time("the last item, all together", together.last, "last")
			.proof("A stream brings the first item before the last one is made",
					"%d of %d made by then".formatted(streamed.madeAtFirst, items),
					streamed.madeAtFirst > 0 && streamed.madeAtFirst < items)
			.proof("A list brings it when all are made", "%d of %d".formatted(together.madeAtFirst, items),
					together.madeAtFirst == items)
			.proof("All items come, in order", "%d and %d".formatted(streamed.received.get(), together.received.get()),
					streamed.isComplete(items) && together.isComplete(items))
			.proof("When the client leaves, no more are made", "%d of %d made".formatted(left.watch.made(), MANY),
					abandoned && left.watch.made() < MANY && left.received.get() == 3)
			.build();
	}

	/**
	 * One answer, seen from both sides.
	 */
	private final class Answer implements AutoCloseable {

		private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();

		private final AtomicInteger received = new AtomicInteger();

		private final PatternRun run;

		private final String group;

		private final StreamWatch watch;

		private boolean inOrder;

		private int madeAtFirst;

		private Duration first = Duration.ZERO;

		private Duration last = Duration.ZERO;

		private Answer(PatternRun run, String group) {
			this.run = run;
			this.group = group;
			this.watch = H1StreamingEndpoint.this.client.watch(name(), this::made);
		}

		private String name() {
			return this.run.id() + ", " + this.group;
		}

		// on the server
		private void made(int item) {
			this.lanes.put(item, this.run.lane(this.group, "item " + item).running(null));
			this.run.plot(this.group, "made", Shape.STEPS, item);
		}

		// on the client
		void receive(Flux<Integer> items) {
			long start = System.nanoTime();
			List<Integer> all = items.doOnNext((item) -> {
				this.last = Duration.ofNanos(System.nanoTime() - start);
				if (this.received.incrementAndGet() == 1) {
					this.first = this.last;
					this.madeAtFirst = this.watch.made();
				}
				this.run.plot(this.group, "received", Shape.STEPS, this.received.get());
				Lane lane = this.lanes.get(item);
				if (lane != null) {
					lane.done();
				}
			}).collectList().blockOptional().orElseThrow();
			this.inOrder = all.equals(all.stream().sorted().toList());
		}

		boolean isComplete(int items) {
			return this.inOrder && this.received.get() == items && this.watch.made() == items;
		}

		@Override
		public void close() {
			this.watch.close();
			this.lanes.values().forEach((lane) -> lane.cancelled("nobody wants it"));
		}

	}

}
