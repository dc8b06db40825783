package io.asyncstarter.sample.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.springframework.core.ResolvableType;
import org.springframework.core.codec.StringDecoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.task.Tasks;

/**
 * The sources of the page on streams.
 */
class Streams {

	final List<String> fetched = new CopyOnWriteArrayList<>();

	private final Tasks tasks;

	private final BoundedExecutor io;

	private final int pages;

	Streams(Tasks tasks, BoundedExecutor io, int pages) {
		this.tasks = tasks;
		this.io = io;
		this.pages = pages;
	}

	Flux<Order> orders(int pagesAhead) {
		return fetch("1").expand((page) -> Mono.justOrEmpty(page.next()).flatMap(this::fetch))
			.concatMapIterable(Page::orders, pagesAhead);
	}

	Stream<Order> blockingOrders() {
		return Stream
			.iterate(Optional.of(load("1")), Optional::isPresent, (page) -> page.flatMap(Page::next).map(this::load))
			.flatMap((page) -> page.stream().map(Page::orders).flatMap(List::stream));
	}

	Stream<Order> numberedOrders(List<String> pages, int atATime) {
		return this.tasks.mapping(pages, atATime, this::load)
			.window(0)
			.stream()
			.map(Page::orders)
			.flatMap(List::stream);
	}

	@SuppressWarnings("StreamToIterable") // it is read once
	long total(Path file) throws IOException {
		try (Stream<String> lines = Files.lines(file);
				Stream<Long> sums = this.tasks.mapping(Tasks.batches(lines::iterator, 500), 4, this::sum)
					.executor("cpu")
					.stream()) {
			return sums.mapToLong(Long::longValue).sum();
		}
	}

	@SuppressWarnings("StreamResourceLeak") // the Flux closes it
	Flux<String> lines(Path file) {
		return Flux.using(() -> Files.lines(file), Flux::fromStream, Stream::close)
			.subscribeOn(Schedulers.fromExecutor(this.io));
	}

	Flux<String> linesOfBuffers(Path file) {
		Flux<DataBuffer> buffers = DataBufferUtils.read(file, DefaultDataBufferFactory.sharedInstance, 8192);
		return StringDecoder.allMimeTypes(List.of("\n"), true)
			.decode(buffers, ResolvableType.forClass(String.class), null, null);
	}

	private Mono<Page> fetch(String page) {
		return Mono.fromCallable(() -> load(page));
	}

	private Page load(String page) {
		this.fetched.add(page);
		int number = Integer.parseInt(page);
		return new Page(IntStream.range(0, 10).mapToObj((i) -> new Order((number - 1) * 10 + i)).toList(),
				Optional.of(Integer.toString(number + 1)).filter((next) -> number < this.pages));
	}

	private long sum(List<String> lines) {
		return lines.stream().mapToLong(Long::parseLong).sum();
	}

	record Page(List<Order> orders, Optional<String> next) {

	}

	record Order(int number) {

	}

}
