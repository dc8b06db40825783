package io.asyncstarter.sample.patterns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.zip.CRC32;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.resource.ResourceScope;
import io.asyncstarter.sample.eventloop.EventLoops;
import io.asyncstarter.sample.eventloop.LagProbe;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.task.Tasks;

/**
 * File I/O that blocks no event loop.
 */
@Component
class F7AsyncFiles implements Pattern {

	private static final String ON_LOOP = "read by the event loop";

	private static final String CHANNEL = "read by an AsynchronousFileChannel";

	private static final String BLOCKING = "read by a thread of 'io'";

	private static final int BUFFER = 64 * 1024;

	private static final Duration INTERVAL = Duration.ofMillis(5);

	private final BoundedExecutors executors;

	private final Tasks tasks;

	private final EventLoops eventLoops;

	private final DataBufferFactory buffers = new DefaultDataBufferFactory();

	F7AsyncFiles(BoundedExecutors executors, Tasks tasks, EventLoops eventLoops) {
		this.executors = executors;
		this.tasks = tasks;
		this.eventLoops = eventLoops;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F7", "File I/O off the loop")
			.summary("""
					A file is no socket: reading it blocks the thread that reads. An AsynchronousFileChannel is given \
					an executor for that, here 'io', and hands over buffer by buffer; a blocking read goes to 'io' as \
					a whole. First the mistake: the event loop reads, and everybody else whom it serves waits.""")
			.useWhen("""
					A reactive handler reads or writes files. The channel, if the content is streamed on with \
					backpressure; the executor, for a library that blocks or a file that is parsed as a whole. \
					Where handlers run on virtual threads anyway, just read.""")
			.yaml("async.executors.io")
			.docs("resources")
			.asyncio("aiofiles", """
					async with aiofiles.open(path, 'rb') as file:
					    while chunk := await file.read(65536):
					        checksum = zlib.crc32(chunk, checksum)
					""")
			.parameter(Parameter.number("megabytes", 64, 1, 256, "Size of the file"))
			.parameter(Parameter.number("readers", 4, 1, 16, "How many read it at once"))
			.parameter(Parameter.flag("onLoop", true, "Whether to make the mistake first"))
			.parameter(Parameter.millis("maxLag", 500, 1, 5000,
					"What the event loops may be late meanwhile, in 99 of 100 cases"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		BoundedExecutor io = this.executors.get("io");
		return ResourceScope.call((scope) -> {
			Path file = scope.use(Files.createTempFile("async-gallery", ".bin"), Files::deleteIfExists);
			long checksum = write(run, file, io);

			Reading onLoop = new Reading(ON_LOOP);
			if (run.flag("onLoop")) {
				run.note("The mistake: the event loop that is asked for the checksum reads the file");
				read(run, onLoop, (lane) -> lane.mono(Mono.fromCallable(() -> readBlocking(file, onLoop))));
			}

			run.note("The channel works on 'io', and calls back with each buffer");
			Reading channel = new Reading(CHANNEL);
			read(run, channel,
					(lane) -> lane.mono(readAsync(file, io, channel)).subscribeOn(Schedulers.fromExecutor(io)));

			run.note("Blocking reads, each on a virtual thread of 'io'");
			Reading blocking = new Reading(BLOCKING);
			read(run, blocking,
					(lane) -> this.tasks.reactive().blocking(() -> lane.call(() -> readBlocking(file, blocking))));
			// end::run[]
			return result(run, checksum, onLoop, channel, blocking);
		});
	}

	// tag::run[]

	private long write(PatternRun run, Path file, BoundedExecutor io) throws Exception {
		CRC32 checksum = new CRC32();
		SplittableRandom random = new SplittableRandom(1);
		Flux<DataBuffer> content = Flux.range(0, run.number("megabytes") * 1024 * 1024 / BUFFER).map((i) -> {
			byte[] bytes = new byte[BUFFER];
			random.nextBytes(bytes);
			checksum.update(bytes);
			return this.buffers.wrap(bytes);
		});
		try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file, Set.of(StandardOpenOption.WRITE),
				io)) {
			run.lane("written", "writer").mono(DataBufferUtils.write(content, channel).then()).block();
		}
		return checksum.getValue();
	}

	// have event loops ask for the checksum of the file, and see how late they are
	private void read(PatternRun run, Reading reading, Function<Lane, Mono<Long>> work) throws InterruptedException {
		try (LagProbe probe = this.eventLoops.watch(INTERVAL,
				(lag) -> run.gauge("ms that the event loops are late", lag / 1e6))) {
			long start = System.nanoTime();
			reading.checksums = Flux.range(1, run.number("readers"))
				.flatMap((i) -> Mono.defer(() -> work.apply(run.lane(reading.name, "reader " + i)))
					.subscribeOn(this.eventLoops.scheduler()))
				.collectList()
				.blockOptional()
				.orElseThrow();
			reading.took = Duration.ofNanos(System.nanoTime() - start);
			probe.awaitNotes();
			reading.lag = probe.lag();
		}
	}

	private Mono<Long> readAsync(Path file, BoundedExecutor io, Reading reading) {
		return DataBufferUtils
			.readAsynchronousFileChannel(() -> AsynchronousFileChannel.open(file, Set.of(StandardOpenOption.READ), io),
					this.buffers, BUFFER)
			.reduceWith(CRC32::new, (checksum, buffer) -> {
				reading.here();
				try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
					parts.forEachRemaining(checksum::update);
				}
				DataBufferUtils.release(buffer);
				return checksum;
			})
			.map(CRC32::getValue);
	}

	private static long readBlocking(Path file, Reading reading) throws IOException {
		CRC32 checksum = new CRC32();
		long start = System.nanoTime();
		try (FileChannel channel = FileChannel.open(file)) {
			ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
			while (channel.read(buffer) >= 0) {
				reading.here();
				checksum.update(buffer.flip());
				buffer.clear();
			}
		}
		reading.longest.accumulateAndGet(System.nanoTime() - start, Math::max);
		return checksum.getValue();
	}
	// end::run[]

	private static RunResult result(PatternRun run, long checksum, Reading onLoop, Reading channel, Reading blocking) {
		List<Reading> readings = new ArrayList<>(List.of(channel, blocking));
		RunResult.Builder result = RunResult.builder();
		if (run.flag("onLoop")) {
			readings.addFirst(onLoop);
			Duration blocked = Duration.ofNanos(onLoop.longest.get());
			result.proof("An event loop that reads is late for all else, by as long as it reads",
					"%s late, %s spent reading".formatted(Timings.text(onLoop.lag.max()), Timings.text(blocked)),
					onLoop.lag.max().compareTo(blocked.minus(INTERVAL)) >= 0
							&& onLoop.onLoops.get() == onLoop.buffers.get());
		}
		Duration p99 = Duration.ZERO;
		for (Reading reading : readings) {
			result.time("event loops late at worst, " + reading.name, reading.lag.max(), "late")
				.figure("speed, " + reading.name,
						(double) run.number("megabytes") * run.number("readers") / (reading.took.toNanos() / 1e9),
						"MB/s", "speed");
			if (reading != onLoop && reading.lag.percentile(99).compareTo(p99) > 0) {
				p99 = reading.lag.percentile(99);
			}
		}
		int elsewhere = channel.buffers.get() + blocking.buffers.get();
		int onLoops = channel.onLoops.get() + blocking.onLoops.get();
		return result
			.headline("%d MB read %d times at once, off the event loops: they were late by %s in 99 of 100 cases"
				.formatted(run.number("megabytes"), run.number("readers"), Timings.text(p99)))
			.proof("No event loop reads a buffer", "%d of %d".formatted(onLoops, elsewhere),
					onLoops == 0 && elsewhere > 0)
			.proof("Meanwhile, the event loops are on time", "%s late in 99 of 100 cases".formatted(Timings.text(p99)),
					p99.compareTo(run.millis("maxLag")) <= 0)
			.proof("All have read what was written", "checksum %08x".formatted(checksum),
					readings.stream()
						.allMatch((reading) -> reading.checksums.size() == run.number("readers")
								&& reading.checksums.stream().allMatch((read) -> read == checksum)))
			.build();
	}

	/**
	 * One way to read, and what was seen of it.
	 */
	private static final class Reading {

		private final AtomicInteger buffers = new AtomicInteger();

		private final AtomicInteger onLoops = new AtomicInteger();

		private final AtomicLong longest = new AtomicLong();

		private final String name;

		private List<Long> checksums = List.of();

		private Duration took = Duration.ZERO;

		private Timings lag = new Timings();

		private Reading(String name) {
			this.name = name;
		}

		// a buffer is read on this thread
		void here() {
			this.buffers.incrementAndGet();
			if (Schedulers.isInNonBlockingThread()) {
				this.onLoops.incrementAndGet();
			}
		}

	}

}
