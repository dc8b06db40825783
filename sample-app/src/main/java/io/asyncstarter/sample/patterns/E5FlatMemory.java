package io.asyncstarter.sample.patterns;

import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.springframework.core.ResolvableType;
import org.springframework.core.codec.StringDecoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.task.Tasks;

/**
 * A large file in little memory.
 */
@Component
class E5FlatMemory implements Pattern {

	private static final String BATCHES = "batches of lines, on executor cpu";

	private static final String BLOCKING = "a Flux of lines, read on executor io";

	private static final String BUFFERS = "a Flux of lines, and no thread that waits";

	private static final String ALL = "all lines first";

	private static final int LINE = 100;

	private static final int BATCHES_AT_A_TIME = 2;

	private static final double MEGABYTE = 1024 * 1024;

	private final Tasks tasks;

	private final BoundedExecutors executors;

	E5FlatMemory(Tasks tasks, BoundedExecutors executors) {
		this.tasks = tasks;
		this.executors = executors;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E5", "Large file in flat memory")
			.summary("""
					A file is worked on while it is read: lines are pulled as they are wanted, a bounded number of \
					them ahead, so the heap does not depend on the size of the file. Half way through it is \
					measured, after a garbage collection. Compare it with reading all lines first.""")
			.useWhen("""
					The data may be larger than you think: uploads, exports, logs. Batches on executor cpu if there is \
					something to compute, a Flux if it goes on to a response or to another service. Rows of a \
					database come the same way by R2DBC (F4).""")
			.docs("streams")
			.asyncio("async for line", """
					async with aiofiles.open(path) as lines:
					    async for line in lines:
					        total += int(line[:12])
					""")
			.parameter(Parameter.number("size", 80, 40, 200, "Size of the file in megabytes"))
			.parameter(Parameter.number("batch", 500, 1, 5000, "Lines in a batch, or lines that are read ahead"))
			.parameter(Parameter.choice("how", "How it is read", BATCHES, BLOCKING, BUFFERS, ALL))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Path file = Files.createTempFile("gallery", ".txt");
		long lines = (long) (run.number("size") * MEGABYTE / LINE);
		Lane writing = run.lane("", "write the file");
		Lane reading = run.lane("", "read it");
		Progress progress = new Progress(lines);
		Disposable drawing = Flux.interval(Duration.ofMillis(40))
			.onBackpressureDrop()
			.subscribe((tick) -> progress.draw(run));
		try {
			writing.call(() -> write(file, lines));
			long before = heapInUse();
			long start = System.nanoTime();
			long sum = reading.call(() -> switch (run.choice("how")) {
				case BATCHES -> inBatches(file, run.number("batch"), progress);
				case BLOCKING -> join(blocking(file, run.number("batch"), progress));
				case BUFFERS -> join(buffers(file, run.number("batch"), progress));
				default -> allFirst(file, progress);
			});
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			// end::run[]
			return result(run, progress, sum, progress.heapHalfWay.get() - before, took);
			// tag::run[]
		}
		finally {
			drawing.dispose();
			Files.deleteIfExists(file);
		}
	}

	@SuppressWarnings("StreamToIterable") // it is read once
	private long inBatches(Path file, int size, Progress progress) throws IOException {
		try (Stream<String> lines = Files.lines(file).peek((line) -> progress.read());
				Stream<Long> sums = this.tasks
					.mapping(Tasks.batches(lines::iterator, size), BATCHES_AT_A_TIME,
							(batch) -> batch.stream().mapToLong(progress::work).sum())
					.executor("cpu")
					.stream()) {
			return sums.mapToLong(Long::longValue).sum();
		}
	}

	@SuppressWarnings("StreamResourceLeak") // the Flux closes it
	private Mono<Long> blocking(Path file, int ahead, Progress progress) {
		return Flux.using(() -> Files.lines(file), Flux::fromStream, Stream::close)
			.subscribeOn(Schedulers.fromExecutor(this.executors.get("io")))
			.doOnNext((line) -> progress.read())
			.publishOn(Schedulers.parallel(), ahead)
			.reduce(0L, (sum, line) -> sum + progress.work(line));
	}

	private static Mono<Long> buffers(Path file, int ahead, Progress progress) {
		Flux<DataBuffer> buffers = DataBufferUtils.read(file, DefaultDataBufferFactory.sharedInstance, 8192);
		return StringDecoder.allMimeTypes(List.of("\n"), true)
			.decode(buffers, ResolvableType.forClass(String.class), null, null)
			.doOnNext((line) -> progress.read())
			.publishOn(Schedulers.parallel(), ahead)
			.reduce(0L, (sum, line) -> sum + progress.work(line));
	}

	private long join(Mono<Long> sum) throws Exception {
		return Objects.requireNonNull(this.tasks.reactive().join(sum));
	}

	private static long allFirst(Path file, Progress progress) throws IOException {
		List<String> lines = Files.readAllLines(file);
		lines.forEach((line) -> progress.read());
		return lines.stream().mapToLong(progress::work).sum();
	}
	// end::run[]

	private static Path write(Path file, long lines) throws IOException {
		String rest = ".".repeat(LINE - 13);
		try (BufferedWriter writer = Files.newBufferedWriter(file)) {
			for (long number = 0; number < lines; number++) {
				String digits = Long.toString(number);
				writer.append("0".repeat(12 - digits.length())).append(digits).append(rest).append('\n');
			}
		}
		return file;
	}

	// what is left after a collection: garbage would hide it
	private static long heapInUse() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static RunResult result(PatternRun run, Progress progress, long sum, long heap, Duration took) {
		double size = run.number("size");
		double growth = heap / MEGABYTE;
		long done = progress.done.get();
		int ahead = run.number("batch") * (run.choice("how").equals(BATCHES) ? 2 * BATCHES_AT_A_TIME : 1) + 1;
		RunResult.Builder result = RunResult.builder()
			.headline("%.0f MB in %s: half way, %.1f MB more of the heap were in use than before".formatted(size,
					Timings.text(took), growth))
			.time("all of it", took)
			.figure("speed", size / (took.toNanos() / 1e9), "MB a second")
			.figure("the file", size, "MB", "size")
			.figure("heap in use half way, more than before", Math.max(0, Math.round(growth * 10) / 10.0), "MB", "size")
			.count("most lines read and not done", progress.mostHeld.get())
			.proof("Every line is read once", "%,d of %,d".formatted(done, progress.lines),
					done == progress.lines && sum == progress.lines * (progress.lines - 1) / 2);
		if (run.choice("how").equals(ALL)) {
			return result
				.proof("Reading all lines first takes as much heap as the file and more",
						"%.1f MB for %.0f MB".formatted(growth, size), growth > size)
				.build();
		}
		return result
			.proof("Memory is flat: less than a quarter of the file, half way",
					"%.1f MB of %.0f MB".formatted(growth, size), growth < size / 4)
			.proof("Never more lines read ahead than the bound", "%,d of %,d".formatted(progress.mostHeld.get(), ahead),
					progress.mostHeld.get() <= ahead)
			.build();
	}

	/**
	 * How far it has come.
	 */
	private static final class Progress {

		private final AtomicLong read = new AtomicLong();

		private final AtomicLong done = new AtomicLong();

		private final AtomicLong mostHeld = new AtomicLong();

		private final AtomicLong heapHalfWay = new AtomicLong();

		private final long lines;

		private Progress(long lines) {
			this.lines = lines;
		}

		private void read() {
			long held = this.read.incrementAndGet() - this.done.get();
			if (held > this.mostHeld.get()) {
				this.mostHeld.accumulateAndGet(held, Math::max);
			}
		}

		private long work(String line) {
			if (this.done.incrementAndGet() == this.lines / 2) {
				this.heapHalfWay.set(heapInUse());
			}
			return Long.parseLong(line, 0, 12, 10);
		}

		private void draw(PatternRun run) {
			Runtime runtime = Runtime.getRuntime();
			run.gauge("heap in use, MB", (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE);
			run.plot("lines", "read", Shape.LINE, (double) this.read.get());
			run.plot("lines", "done", Shape.LINE, (double) this.done.get());
		}

	}

}
