package io.asyncstarter.sample.patterns;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RateMeter;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.task.Tasks;

/**
 * A bounded fan-out over a huge input.
 */
@Component
class B9BoundedFanOut implements Pattern {

	private static final String ALL = "all results are read";

	private static final String CLOSED = "the stream is closed half way";

	private static final String FAILS = "an item half way fails";

	private final Tasks tasks;

	B9BoundedFanOut(Tasks tasks) {
		this.tasks = tasks;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B9", "Bounded fan-out over huge input")
			.summary("""
					Each of very many items is worked on by a task of its own, so many at a time and no more. Items \
					are pulled from their source as results are asked for, so memory stays flat, and the first \
					result is there long before the last item. Closing the stream early cancels what runs.""")
			.useWhen("""
					There are more items than may be in flight: files, rows, addresses; the source may be endless. \
					Not a gather with a semaphore inside: that makes all tasks first, and holds a million of them.""")
			.docs("tasks")
			.asyncio("Semaphore and tasks, in batches", """
					permits = asyncio.Semaphore(limit)

					async def bounded(item):
					    async with permits:
					        return await work(item)

					# so that not all tasks are made at once
					for batch in itertools.batched(items, 1000):
					    for result in await asyncio.gather(
					            *(bounded(item) for item in batch)):
					        handle(result)
					""")
			.parameter(Parameter.number("items", 100_000, 10, 1_000_000, "How many items"))
			.parameter(Parameter.number("limit", 100, 1, 1000, "How many are worked on at a time"))
			.parameter(Parameter.number("size", 4096, 16, 65_536, "How many bytes each item has"))
			.parameter(Parameter.choice("ends", "How it goes", ALL, CLOSED, FAILS))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		int items = run.number("items");
		int limit = run.number("limit");
		long wanted = run.choice("ends").equals(CLOSED) ? items / 2 : items;
		Counts counts = new Counts();
		long start = System.nanoTime();
		RuntimeException failure = null;
		Disposable drawing = Flux.interval(Duration.ofMillis(50))
			.onBackpressureDrop()
			.subscribe((tick) -> counts.draw(run, limit));
		try (RateMeter rate = run.rate("speed", "items a second", Duration.ofMillis(200));
				Stream<Checksum> results = this.tasks
					.mapping(() -> source(counts, items, run.number("size")).iterator(), limit,
							(item) -> work(run, counts, item))
					.name("checksums")
					.stream()) {
			results.limit(wanted).forEach((result) -> {
				counts.handedOut(result.number());
				rate.count();
			});
		}
		catch (BadItemException ex) {
			failure = ex;
		}
		finally {
			drawing.dispose();
		}
		int left = counts.running.get();
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		// end::run[]
		return result(run, counts, left, (failure != null), took);
	}

	// tag::run[]

	// an item is made when it is asked for
	private static Stream<Item> source(Counts counts, int items, int size) {
		return IntStream.range(0, items).mapToObj((number) -> {
			counts.pulled();
			return new Item(number, ByteBuffer.allocate(size));
		});
	}

	private static Checksum work(PatternRun run, Counts counts, Item item) {
		int running = counts.running.incrementAndGet();
		counts.peak.accumulateAndGet(running, Math::max);
		try {
			if (run.choice("ends").equals(FAILS) && item.number() == run.number("items") / 2) {
				throw new BadItemException("Item %d is bad".formatted(item.number()));
			}
			CRC32 checksum = new CRC32();
			checksum.update(item.content());
			// as if it had to wait for something
			LockSupport.parkNanos(100_000);
			return new Checksum(item.number(), checksum.getValue());
		}
		finally {
			counts.running.decrementAndGet();
		}
	}
	// end::run[]

	private static RunResult result(PatternRun run, Counts counts, int left, boolean failed, Duration took) {
		int items = run.number("items");
		int limit = run.number("limit");
		int pulled = counts.pulled.get();
		int handedOut = counts.handedOut.get();
		// the window is as large as the limit
		int bound = 2 * limit;
		double size = run.number("size") / 1024.0 / 1024.0;
		RunResult.Builder result = RunResult.builder()
			.headline("%,d items in %s, %d at a time at most, never more than %d held: %.1f MB of %.0f MB".formatted(
					handedOut, Timings.text(took), counts.peak.get(), counts.mostHeld.get(),
					counts.mostHeld.get() * size, pulled * size))
			.time("all of it", took)
			.figure("speed", handedOut / (took.toNanos() / 1e9), "items a second")
			.count("most items worked on at once", counts.peak.get())
			.count("most items held at once", counts.mostHeld.get())
			.figure("size of all items pulled", pulled * size, "MB")
			.proof("Never more than the limit at work", "%d of %d".formatted(counts.peak.get(), limit),
					counts.peak.get() <= limit)
			.proof("Memory is flat: no more items are held than are at work or wait in the window",
					"%d of %d pulled".formatted(counts.mostHeld.get(), pulled), counts.mostHeld.get() <= bound)
			.proof("The first result comes when hardly anything was pulled",
					"%d of %d".formatted(counts.pulledAtFirst.get(), items), counts.pulledAtFirst.get() <= bound)
			.proof("Results come in the order of the items", counts.misplaced.get() + " misplaced",
					counts.misplaced.get() == 0)
			.proof("Nothing is at work when the stream is closed", left + " at work", left == 0);
		switch (run.choice("ends")) {
			case CLOSED -> result.proof("What was not wanted was not pulled", "%d of %d".formatted(pulled, items),
					handedOut == items / 2 && pulled <= handedOut + bound);
			case FAILS -> result.proof("The failure is raised, and nothing more is pulled",
					"%d of %d".formatted(pulled, items), failed && pulled <= items / 2 + 2 * bound);
			default -> result.proof("Every item has a result", "%d of %d".formatted(handedOut, items),
					handedOut == items && pulled == items);
		}
		return result.build();
	}

	private record Item(int number, ByteBuffer content) {

	}

	private record Checksum(int number, long value) {

	}

	/**
	 * Says which item is bad.
	 */
	private static final class BadItemException extends RuntimeException {

		private BadItemException(String message) {
			super(message);
		}

	}

	/**
	 * What is where, by number.
	 */
	private static final class Counts {

		private final AtomicInteger pulled = new AtomicInteger();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger peak = new AtomicInteger();

		private final AtomicInteger handedOut = new AtomicInteger();

		private final AtomicInteger misplaced = new AtomicInteger();

		private final AtomicInteger pulledAtFirst = new AtomicInteger();

		private final AtomicInteger mostHeld = new AtomicInteger();

		void pulled() {
			int held = this.pulled.incrementAndGet() - this.handedOut.get();
			this.mostHeld.accumulateAndGet(held, Math::max);
		}

		void handedOut(int number) {
			int place = this.handedOut.getAndIncrement();
			if (place == 0) {
				this.pulledAtFirst.set(this.pulled.get());
			}
			if (place != number) {
				this.misplaced.incrementAndGet();
			}
		}

		void draw(PatternRun run, int limit) {
			run.gauge("items at work", this.running.get(), limit);
			run.plot("items", "pulled", Shape.LINE, this.pulled.get());
			run.plot("items", "handed out", Shape.LINE, this.handedOut.get());
			Runtime runtime = Runtime.getRuntime();
			run.gauge("heap in use, MB", (int) ((runtime.totalMemory() - runtime.freeMemory()) >> 20));
		}

	}

}
