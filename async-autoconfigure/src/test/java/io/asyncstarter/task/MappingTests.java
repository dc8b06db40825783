package io.asyncstarter.task;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.sync.Party;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TaskMapping}, as a list, a stream and a Flux.
 */
@NoLeaks
@Timeout(120)
class MappingTests {

	private final BoundedExecutor executor = BoundedExecutor.builder("io").maxConcurrency(4).queueCapacity(4).build();

	private final Tasks tasks = Tasks.builder().executors(BoundedExecutors.of(this.executor)).build();

	private final Source source = new Source();

	private final Workers workers = new Workers();

	@AfterEach
	void letWorkEnd() {
		this.workers.gate.release(1_000_000);
		this.executor.close();
	}

	@ParameterizedTest
	@EnumSource
	void resultsAreInTheOrderOfTheItems(Shape shape) throws Exception {
		List<Integer> results = shape.all(this.tasks.mapping(this.source.upTo(50), 7, (item) -> item * 2));

		assertThat(results).isEqualTo(IntStream.range(0, 50).mapToObj((item) -> item * 2).toList());
	}

	@ParameterizedTest
	@EnumSource
	void unorderedResultsAreInTheOrderOfCompletion(Shape shape) throws Exception {
		CountDownLatch secondIsOver = new CountDownLatch(1);
		List<Integer> results = shape.all(this.tasks.mapping(List.of(0, 1, 2), 2, (item) -> {
			if (item == 0) {
				secondIsOver.await();
			}
			else if (item == 2) {
				// It has been pulled because the result before was handed out.
				secondIsOver.countDown();
			}
			return item;
		}).unordered());

		assertThat(results).startsWith(1).containsOnlyOnce(0, 1, 2);
	}

	@Test
	void emptySourceGivesAnEmptyList() throws Exception {
		for (Shape shape : Shape.values()) {
			assertThat(shape.all(this.tasks.mapping(List.<Integer>of(), 3, (item) -> item))).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void millionItemsNeverRunMoreThanTheLimitNorHoldMoreThanTheWindow(Shape shape) throws Exception {
		int items = 1_000_000;
		int limit = 100;
		int window = 50;
		AtomicLong sum = new AtomicLong();
		AtomicInteger taken = new AtomicInteger();
		AtomicInteger mostHeld = new AtomicInteger();
		Iterable<Integer> counted = this.source.upTo((shape == Shape.LIST) ? 20_000 : items);
		TaskMapping<Integer, Integer> mapping = this.tasks.mapping(counted, limit, (item) -> {
			this.workers.enter();
			this.workers.leave();
			return item;
		}).window(window);
		shape.each(mapping, (result) -> {
			sum.addAndGet(result);
			mostHeld.accumulateAndGet(this.source.pulled.get() - taken.getAndIncrement(), Math::max);
		});

		long count = taken.get();
		assertThat(count).isEqualTo((shape == Shape.LIST) ? 20_000 : items);
		assertThat(sum).hasValue(count * (count - 1) / 2);
		assertThat(this.workers.most.get()).isBetween(1, limit);
		if (shape == Shape.STREAM) {
			assertThat(mostHeld.get()).isLessThanOrEqualTo(limit + window);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "STREAM", "FLUX" })
	void endlessSourceCanBeLimited(Shape shape) {
		TaskMapping<Integer, Integer> mapping = this.tasks.mapping(this.source, 3, (item) -> item + 1);

		assertThat(shape.first(mapping, 5)).containsExactly(1, 2, 3, 4, 5);
		assertThat(this.source.pulled.get()).isLessThanOrEqualTo(5 + 3 + 3);
	}

	@Test
	void firstResultComesBeforeTheLastItemIsPulled() {
		try (Stream<Integer> results = this.tasks.mapping(this.source.upTo(1000), 2, (item) -> item).stream()) {
			Iterator<Integer> iterator = results.iterator();

			assertThat(this.source.pulled).as("nothing is pulled before it is asked for").hasValue(0);
			assertThat(iterator.next()).isZero();
			assertThat(this.source.pulled.get()).isLessThanOrEqualTo(4);
		}
	}

	@Test
	void streamPullsTheSourceOnTheConsumersThread() {
		Thread consumer = Thread.currentThread();
		Iterable<Integer> confined = () -> IntStream.range(0, 100)
			.peek((item) -> assertThat(Thread.currentThread()).isSameAs(consumer))
			.iterator();

		assertThat(this.tasks.mapping(confined, 3, (item) -> item).stream()).hasSize(100);
	}

	@ParameterizedTest
	@EnumSource
	void failureCancelsWhatRunsAndSurfaces(Shape shape) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> shape.all(this.tasks.mapping(this.source.upTo(100), 4, (item) -> {
				if (item == 3) {
					this.workers.awaitInside(3);
					throw new IOException("third");
				}
				this.workers.block();
				return item;
			})))
			.satisfies((failure) -> assertThat(unwrapped(failure)).isInstanceOf(IOException.class).hasMessage("third"));

		Party.until(() -> this.workers.interrupted.get() == 3);
		// Reactor looks one ahead.
		assertThat(this.source.pulled.get()).as("nothing is pulled after the failure")
			.isBetween(4, (shape == Shape.FLUX) ? 5 : 4);
	}

	@Test
	void uncheckedFailuresSurfaceAsTheyAre() {
		TaskMapping<Integer, Integer> mapping = this.tasks.mapping(List.of(1), 4, (item) -> {
			throw new IllegalStateException("as it is");
		});
		assertThatIllegalStateException().isThrownBy(mapping::list).withMessage("as it is");
		assertThatIllegalStateException().isThrownBy(() -> mapping.stream().toList()).withMessage("as it is");
		assertThatIllegalStateException().isThrownBy(() -> mapping.flux().blockLast()).withMessage("as it is");
		TaskMapping<Integer, Integer> fatal = this.tasks.mapping(List.of(1), 4, (item) -> {
			throw new AssertionError("as it is");
		});
		assertThatExceptionOfType(AssertionError.class).isThrownBy(fatal::list).withMessage("as it is");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> fatal.stream().toList());
	}

	@ParameterizedTest
	@EnumSource
	void failingSourceCancelsWhatRunsAndSurfaces(Shape shape) {
		Iterable<Integer> failing = () -> IntStream.range(0, 3).map((item) -> {
			if (item == 2) {
				this.workers.awaitInside(2);
				throw new IllegalStateException("source");
			}
			return item;
		}).iterator();

		assertThatIllegalStateException().isThrownBy(() -> shape.all(this.tasks.mapping(failing, 4, (item) -> {
			this.workers.block();
			return item;
		}))).withMessage("source");
		Party.until(() -> this.workers.interrupted.get() == 2);
	}

	@Test
	void interruptedListCancelsAndAwaitsEverything() throws Exception {
		Party<List<Integer>> consumer = Party.start(() -> this.tasks.map(this.source, 4, (item) -> {
			this.workers.block();
			return item;
		}));
		this.workers.awaitInside(4);

		consumer.interrupt();

		consumer.assertFailed(InterruptedException.class);
		assertThat(this.workers.interrupted).hasValue(4);
		assertThat(this.workers.inside).hasValue(0);
	}

	@Test
	void interruptedStreamCancelsAndAwaitsEverything() throws Exception {
		Party<Boolean> consumer = Party.start(() -> {
			Stream<Integer> results = this.tasks.mapping(this.source, 4, (item) -> {
				this.workers.block();
				return item;
			}).stream();
			try {
				results.forEach((result) -> {
				});
				return false;
			}
			catch (CancellationException ex) {
				return Thread.interrupted() && ex.getCause() instanceof InterruptedException
						&& this.workers.inside.get() == 0;
			}
		});
		this.workers.awaitInside(4);

		consumer.interrupt();

		assertThat(consumer.join()).isTrue();
		assertThat(this.workers.interrupted).hasValue(4);
	}

	// F15, F17: the source is read no further, what runs is cancelled, once
	@Test
	void closingTheStreamCancelsAndAwaitsWhatRuns() {
		Stream<Integer> results = this.tasks.mapping(this.source, 4, (item) -> {
			if (item > 0) {
				this.workers.block();
			}
			this.workers.awaitInside(1);
			return item;
		}).stream();
		Iterator<Integer> iterator = results.iterator();
		assertThat(iterator.next()).isZero();
		this.workers.awaitInside(1);
		int pulled = this.source.pulled.get();

		results.close();
		results.close();

		assertThat(this.workers.inside).hasValue(0);
		assertThat(this.workers.interrupted).satisfies((count) -> assertThat(count.get()).isPositive());
		assertThat(this.source.pulled).hasValue(pulled);
		assertThat(iterator.hasNext()).isFalse();
	}

	// F19
	@Test
	void streamThatIsReadToItsEndNeedsNoClose() {
		Stream<Integer> results = this.tasks.mapping(this.source.upTo(9), 4, (item) -> item).stream();

		assertThat(results.mapToInt(Integer::intValue).sum()).isEqualTo(36);
	}

	@Test
	void windowIsFilledWhileTheFirstItemIsSlow() throws Exception {
		CountDownLatch others = new CountDownLatch(5);
		List<Integer> results = this.tasks.mapping(this.source.upTo(10), 2, (item) -> {
			if (item == 0) {
				others.await();
			}
			others.countDown();
			return item;
		}).window(4).list();

		assertThat(results).hasSize(10);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineOfTheConsumerEndsTheWork(Shape shape) {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> Deadline
			.within(Duration.ofMillis(50), () -> shape.all(this.tasks.mapping(this.source, 2, (item) -> {
				assertThat(Deadline.current().isUnbounded()).isFalse();
				this.workers.block();
				return item;
			}))));
		Party.until(() -> this.workers.inside.get() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void contextOfTheConsumerIsThatOfTheWork(Shape shape) throws Exception {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		ClassLoader loader = new ClassLoader(before) {
		};
		Thread.currentThread().setContextClassLoader(loader);
		try {
			List<Boolean> results = shape.all(this.tasks.mapping(List.of(1, 2), 1,
					(item) -> Thread.currentThread().getContextClassLoader() == loader
							&& Thread.currentThread().isVirtual()));

			assertThat(results).containsExactly(true, true);
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	@ParameterizedTest
	@EnumSource
	void namedExecutorRunsTheWork(Shape shape) throws Exception {
		List<String> threads = shape.all(
				this.tasks.mapping(this.source.upTo(20), 4, (item) -> Thread.currentThread().getName()).executor("io"));

		assertThat(threads).hasSize(20).allMatch((name) -> name.startsWith("io-"));
	}

	@ParameterizedTest
	@EnumSource(names = { "LIST", "STREAM" })
	void mappingInsideOfASaturatedExecutorMakesProgress(Shape shape) throws Exception {
		this.executor.setMaxConcurrency(1);

		List<Integer> results = this.executor
			.submit(() -> shape.all(this.tasks.mapping(this.source.upTo(20), 3, (item) -> item).executor("io")))
			.get();

		assertThat(results).hasSize(20);
	}

	@ParameterizedTest
	@EnumSource
	void rejectionOfTheExecutorSurfaces(Shape shape) {
		assertThatExceptionOfType(ExecutorSaturatedException.class)
			.isThrownBy(() -> shape.all(this.tasks.mapping(this.source, 20, (item) -> {
				this.workers.block();
				return item;
			}).executor("io")));
		Party.until(() -> this.workers.inside.get() == 0);
	}

	@Test
	void streamsTasksAreInTheTree() {
		try (Stream<Integer> results = this.tasks.mapping(this.source, 3, (item) -> {
			if (item > 0) {
				this.workers.block();
			}
			this.workers.awaitInside(1);
			return item;
		}).name("thumbnails").stream()) {
			assertThat(results.iterator().next()).isZero();
			this.workers.awaitInside(1);

			assertThat(this.tasks.tree().roots()).extracting(TaskNode::name).contains("thumbnails-2");
			assertThat(this.tasks.tree().nodes()).extracting(TaskNode::name).contains("thumbnails-2");
		}
		assertThat(this.tasks.tree().roots()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsLeftWhenFailuresAndEndsRace(Shape shape) {
		List<String> outcomes = new CopyOnWriteArrayList<>();
		for (int round = 0; round < 200; round++) {
			int fails = round % 10;
			try {
				outcomes.add("" + shape.all(this.tasks.mapping(this.source.upTo(10), 4, (item) -> {
					if (item == fails) {
						throw new IllegalStateException("failed");
					}
					return item;
				})).size());
			}
			catch (Exception ex) {
				outcomes.add(ex.getMessage());
			}
		}

		assertThat(outcomes).hasSize(200).containsOnly("failed");
	}

	@Test
	void batchesHaveTheirSizeAndAreWorkedOnAtATime() throws Exception {
		List<List<Integer>> batches = this.tasks.batch(this.source.upTo(10), 4, 2, (batch) -> {
			this.workers.enter();
			this.workers.leave();
			return batch;
		});

		assertThat(batches).containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(8, 9));
		assertThat(this.workers.most.get()).isLessThanOrEqualTo(2);
		assertThatIllegalArgumentException().isThrownBy(() -> Tasks.batches(List.of(1), 0))
			.withMessage("'size' must be at least 1 but was 0");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void limitBelowOneIsRefused(int limit) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.tasks.mapping(List.of(1), limit, (item) -> item))
			.withMessage("'limit' must be at least 1 but was %d", limit);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.tasks.mapping(List.of(1), 1, (item) -> item).window(-1))
			.withMessage("'window' must not be negative but was -1");
	}

	private static Throwable unwrapped(Throwable failure) {
		boolean wrapped = failure instanceof CompletionException
				|| failure.getClass().getName().equals("reactor.core.Exceptions$ReactiveException");
		return (wrapped && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/**
	 * The forms in which results can be had.
	 */
	enum Shape {

		/**
		 * All at once.
		 */
		LIST {

			@Override
			<R> void each(TaskMapping<?, R> mapping, Consumer<R> consumer) throws Exception {
				mapping.list().forEach(consumer);
			}

		},

		/**
		 * As a stream.
		 */
		STREAM {

			@Override
			<R> void each(TaskMapping<?, R> mapping, Consumer<R> consumer) {
				try (Stream<R> results = mapping.stream()) {
					results.forEach(consumer);
				}
			}

			@Override
			<R> List<R> first(TaskMapping<?, R> mapping, int count) {
				try (Stream<R> results = mapping.stream()) {
					return results.limit(count).toList();
				}
			}

		},

		/**
		 * As a Flux.
		 */
		FLUX {

			@Override
			<R> void each(TaskMapping<?, R> mapping, Consumer<R> consumer) throws Exception {
				new ReactiveTasks(Tasks.create()).join(mapping.flux().doOnNext(consumer).then());
			}

			@Override
			<R> List<R> first(TaskMapping<?, R> mapping, int count) {
				return mapping.flux().take(count).toStream().toList();
			}

		};

		abstract <R> void each(TaskMapping<?, R> mapping, Consumer<R> consumer) throws Exception;

		<R> List<R> all(TaskMapping<?, R> mapping) throws Exception {
			return all(mapping, (result) -> {
			});
		}

		<R> List<R> all(TaskMapping<?, R> mapping, Consumer<R> consumer) throws Exception {
			List<R> results = new CopyOnWriteArrayList<>();
			each(mapping, (result) -> {
				results.add(result);
				consumer.accept(result);
			});
			return results;
		}

		<R> List<R> first(TaskMapping<?, R> mapping, int count) {
			throw new UnsupportedOperationException();
		}

	}

	/**
	 * An endless source that counts what was pulled.
	 */
	private static final class Source implements Iterable<Integer> {

		final AtomicInteger pulled = new AtomicInteger();

		@Override
		public Iterator<Integer> iterator() {
			return IntStream.iterate(0, (item) -> item + 1).peek((item) -> this.pulled.incrementAndGet()).iterator();
		}

		Iterable<Integer> upTo(int count) {
			return () -> IntStream.range(0, count).peek((item) -> this.pulled.incrementAndGet()).iterator();
		}

	}

	/**
	 * Counts who works.
	 */
	private static final class Workers {

		final Semaphore gate = new Semaphore(0);

		final AtomicInteger inside = new AtomicInteger();

		final AtomicInteger most = new AtomicInteger();

		final AtomicInteger interrupted = new AtomicInteger();

		void enter() {
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
		}

		void leave() {
			this.inside.decrementAndGet();
		}

		/**
		 * Works until interrupted.
		 */
		void block() throws InterruptedException {
			enter();
			try {
				this.gate.acquire();
			}
			catch (InterruptedException ex) {
				this.interrupted.incrementAndGet();
				throw ex;
			}
			finally {
				leave();
			}
		}

		void awaitInside(int count) {
			Party.until(() -> this.inside.get() >= count);
		}

	}

}
