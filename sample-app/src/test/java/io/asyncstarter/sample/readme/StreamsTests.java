package io.asyncstarter.sample.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.sample.readme.Streams.Order;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sources of the page on streams read as much as the page says, and no more.
 */
@Timeout(60)
class StreamsTests {

	private static final int PAGES = 50;

	private final BoundedExecutor io = BoundedExecutor.builder("io").build();

	private final BoundedExecutor cpu = BoundedExecutor.builder("cpu").maxConcurrency(2).build();

	private final Tasks tasks = Tasks.builder().executors(BoundedExecutors.of(this.io, this.cpu)).build();

	private final Streams streams = new Streams(this.tasks, this.io, PAGES);

	@TempDir
	private Path directory;

	@AfterEach
	void close() {
		this.io.close();
		this.cpu.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5 })
	void pagesAreFetchedAsTheirItemsAreRead(int ahead) {
		StepVerifier.create(this.streams.orders(ahead), 0)
			.thenRequest(1)
			.expectNext(new Order(0))
			.then(() -> assertThat(this.streams.fetched).hasSizeLessThanOrEqualTo(1 + ahead))
			.thenRequest(20)
			.expectNextCount(20)
			.then(() -> assertThat(this.streams.fetched).hasSizeBetween(3, 3 + ahead))
			.thenCancel()
			.verify();
		assertThat(this.streams.fetched).hasSizeLessThanOrEqualTo(3 + ahead);
	}

	@Test
	void pagesAreReadToTheLast() {
		assertThat(this.streams.orders(2).map(Order::number).collectList().block()).isEqualTo(numbers());
		assertThat(this.streams.blockingOrders().map(Order::number).toList()).isEqualTo(numbers());
		assertThat(this.streams.fetched).hasSize(2 * PAGES);
	}

	@Test
	void blockingPagesAreFetchedAsTheirItemsAreRead() {
		assertThat(this.streams.blockingOrders().limit(21).toList()).hasSize(21);

		assertThat(this.streams.fetched).containsExactly("1", "2", "3");
	}

	@Test
	void numberedPagesAreFetchedSeveralAtATimeAndNoMore() {
		List<String> pages = IntStream.rangeClosed(1, PAGES).mapToObj(Integer::toString).toList();

		try (Stream<Order> orders = this.streams.numberedOrders(pages, 4)) {
			assertThat(orders.limit(21).map(Order::number).toList()).isEqualTo(numbers().subList(0, 21));
		}

		assertThat(this.streams.fetched.size()).isBetween(3, 3 + 4);
	}

	@Test
	void linesOfAFileAreReadInEachWay() throws IOException {
		List<String> lines = LongStream.range(0, 2000).mapToObj(Long::toString).toList();
		Path file = Files.write(this.directory.resolve("numbers.txt"), lines);

		assertThat(this.streams.total(file)).isEqualTo(1999L * 2000 / 2);
		assertThat(this.streams.lines(file).collectList().block()).isEqualTo(lines);
		assertThat(this.streams.linesOfBuffers(file).collectList().block()).isEqualTo(lines);
	}

	@Test
	void whatIsScannedIsIndexed() throws Exception {
		WorkQueue<Archive.Text> texts = WorkQueue.<Archive.Text>builder("texts").capacity(2).build();
		WorkQueue<Archive.Scan> scans = WorkQueue.<Archive.Scan>builder("scans").capacity(2).build();
		Archive archive = new Archive(texts);
		texts.consumers().count(2).forEach(archive::store);
		scans.consumers().count(4).forEach(archive::recognise);

		for (int i = 0; i < 100; i++) {
			scans.put(new Archive.Scan(Integer.toString(i)));
		}
		scans.close();
		scans.join();
		texts.close();
		texts.join();

		assertThat(archive.index).hasSize(100);
		assertThat(archive.store(Flux.range(0, 100).map((i) -> new Archive.Scan("again " + i))).count().block())
			.isEqualTo(100);
	}

	private static List<Integer> numbers() {
		return IntStream.range(0, PAGES * 10).boxed().toList();
	}

}
