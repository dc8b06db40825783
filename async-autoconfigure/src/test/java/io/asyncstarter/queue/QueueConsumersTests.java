package io.asyncstarter.queue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link QueueConsumers} that process item by item.
 */
@Timeout(60)
class QueueConsumersTests {

	private final List<DeadLetter<Integer>> letters = new CopyOnWriteArrayList<>();

	private final WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").deadLetters(this.letters::add).build();

	private final List<Integer> processed = new CopyOnWriteArrayList<>();

	@AfterEach
	void shutDown() {
		this.queue.shutdownNow();
	}

	@Test
	void forEachProcessesAllItems() throws Exception {
		this.queue.consumers().count(4).forEach(this.processed::add);

		putAll(100);
		this.queue.join();

		assertThat(this.processed).hasSize(100).doesNotHaveDuplicates();
		WorkQueueStats stats = this.queue.getStats();
		assertThat(stats.succeeded()).isEqualTo(100);
		assertThat(stats.consumers()).isEqualTo(4);
		assertThat(stats.waited().count()).isEqualTo(100);
		assertThat(stats.processed().count()).isEqualTo(100);
		assertThat(stats.unfinished()).isZero();
	}

	@Test
	void forEachWhenItemsWereThereBeforeProcessesThem() throws Exception {
		putAll(3);

		this.queue.consumers().forEach(this.processed::add);
		this.queue.join();

		assertThat(this.processed).containsExactly(0, 1, 2);
	}

	@Test
	void forEachWhenItemFailsGoesOnAndMakesDeadLetter() throws Exception {
		this.queue.consumers().forEach((item) -> {
			if (item % 2 == 1) {
				throw new IOException("odd");
			}
			this.processed.add(item);
		});

		putAll(4);
		this.queue.join();

		assertThat(this.processed).containsExactly(0, 2);
		assertThat(this.letters).extracting(DeadLetter::item).containsExactly(1, 3);
		assertThat(this.letters).allSatisfy((letter) -> {
			assertThat(letter.queue()).isEqualTo("test");
			assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.FAILED);
			assertThat(letter.cause()).isInstanceOf(IOException.class).hasMessage("odd");
			assertThat(letter.attempts()).isOne();
			assertThat(letter.acceptedAt()).isBeforeOrEqualTo(letter.givenUpAt());
		});
		assertThat(this.queue.getStats().failed()).isEqualTo(2);
		assertThat(this.queue.getStats().succeeded()).isEqualTo(2);
	}

	@Test
	void forEachWhenHandlerThrowsErrorGoesOn() throws Exception {
		this.queue.consumers().forEach((item) -> {
			if (item == 0) {
				throw new StackOverflowError("deep");
			}
			this.processed.add(item);
		});

		putAll(2);
		this.queue.join();

		assertThat(this.processed).containsExactly(1);
		assertThat(this.letters).singleElement()
			.satisfies((letter) -> assertThat(letter.cause()).isInstanceOf(StackOverflowError.class));
	}

	@Test
	void forEachWhenPolicyRetriesTriesAgainAndCountsAttempts() throws Exception {
		Policy policy = Policy.builder("test").retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO)).build();
		List<Integer> attempts = new CopyOnWriteArrayList<>();
		this.queue.consumers().policy(policy).forEachDelivery((delivery) -> {
			attempts.add(delivery.attempt());
			assertThat(delivery.queue()).isEqualTo("test");
			assertThat(delivery.waited().isNegative()).isFalse();
			if (delivery.item() == 0 || delivery.attempt() < 2) {
				throw new IOException("attempt " + delivery.attempt());
			}
			return null;
		});

		putAll(2);
		this.queue.join();

		assertThat(attempts).containsExactly(1, 2, 3, 1, 2);
		assertThat(this.letters).singleElement().satisfies((letter) -> {
			assertThat(letter.item()).isZero();
			assertThat(letter.attempts()).isEqualTo(3);
			assertThat(letter.cause()).hasMessage("attempt 3");
		});
	}

	@Test
	void forEachAsyncWhenHandlerReturnsStageWaitsForIt() throws Exception {
		CompletableFuture<Void> first = new CompletableFuture<>();
		this.queue.consumers().forEachAsync((item) -> {
			this.processed.add(item);
			return (item == 0) ? first : CompletableFuture.failedFuture(new IOException("late"));
		});
		putAll(2);
		Awaitility.await().until(() -> this.processed.size() == 1);

		assertThat(this.queue.unfinished()).isEqualTo(2);
		first.complete(null);
		this.queue.join();

		assertThat(this.processed).containsExactly(0, 1);
		assertThat(this.letters).singleElement()
			.satisfies((letter) -> assertThat(letter.cause()).isInstanceOf(IOException.class).hasMessage("late"));
	}

	@Test
	void forEachAsyncWhenHandlerReturnsPublisherSubscribes() throws Exception {
		this.queue.consumers().forEachAsync((item) -> switch (item) {
			case 0 -> Mono.fromRunnable(() -> this.processed.add(item));
			case 1 -> Flux.range(10, 3).doOnNext(this.processed::add);
			default -> Mono.error(new IOException("lost"));
		});

		putAll(3);
		this.queue.join();

		assertThat(this.processed).containsExactly(0, 10, 11, 12);
		assertThat(this.letters).singleElement().satisfies((letter) -> assertThat(letter.cause()).hasMessage("lost"));
	}

	@Test
	void setCountWhenRaisedStartsOthersAtOnce() throws Exception {
		Semaphore gate = new Semaphore(0);
		AtomicInteger running = new AtomicInteger();
		QueueConsumers<Integer> consumers = this.queue.consumers().forEach((item) -> {
			running.incrementAndGet();
			gate.acquire();
		});
		putAll(4);
		Awaitility.await().until(() -> running.get() == 1);

		consumers.setCount(3);

		Awaitility.await().until(() -> running.get() == 3);
		assertThat(consumers.getCount()).isEqualTo(3);
		gate.release(4);
		this.queue.join();
	}

	@Test
	void setCountWhenLoweredLetsRunningItemsFinish() throws Exception {
		Semaphore gate = new Semaphore(0);
		AtomicInteger running = new AtomicInteger();
		QueueConsumers<Integer> consumers = this.queue.consumers().count(3).forEach((item) -> {
			running.incrementAndGet();
			gate.acquire();
			this.processed.add(item);
		});
		putAll(3);
		Awaitility.await().until(() -> running.get() == 3);

		consumers.setCount(0);
		putAll(1);
		gate.release(3);

		Awaitility.await().until(() -> this.processed.size() == 3);
		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		assertThat(this.queue.size()).isOne();
		gate.release();
		consumers.setCount(1);
		this.queue.join();
		assertThat(this.letters).isEmpty();
	}

	@Test
	void pauseLetsRunningItemsFinishAndResumeGoesOn() throws Exception {
		Semaphore gate = new Semaphore(0);
		CountDownLatch started = new CountDownLatch(1);
		this.queue.consumers().forEach((item) -> {
			started.countDown();
			gate.acquire();
			this.processed.add(item);
		});
		putAll(2);
		started.await();

		this.queue.pause();
		gate.release(2);

		Awaitility.await().until(() -> this.processed.size() == 1 && this.queue.unfinished() == 1);
		assertThat(this.queue.isPaused()).isTrue();
		assertThat(this.queue.getStats().paused()).isTrue();
		assertThat(this.queue.size()).isOne();
		this.queue.resume();
		this.queue.join();
		assertThat(this.processed).containsExactly(0, 1);
	}

	@Test
	void stopLeavesTheQueueToOthers() throws Exception {
		QueueConsumers<Integer> consumers = this.queue.consumers().count(2).forEach(this.processed::add);
		putAll(1);
		this.queue.join();

		consumers.stop();

		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		assertThat(consumers.getCount()).isZero();
		Awaitility.await().until(() -> this.queue.getConsumers().isEmpty());
		assertThatIllegalStateException().isThrownBy(() -> consumers.setCount(1))
			.withMessage("Consumers of queue 'test' were stopped");
		putAll(1);
		assertThat(this.queue.take()).isZero();
	}

	@Test
	void closeLetsConsumersFinishAndEnd() throws Exception {
		putAll(10);
		QueueConsumers<Integer> consumers = this.queue.consumers().count(3).forEach(this.processed::add);

		this.queue.close();

		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		assertThat(this.processed).hasSize(10);
	}

	@Test
	void shutdownNowInterruptsWhatRunsAndReturnsTheRest() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		QueueConsumers<Integer> consumers = this.queue.consumers().forEach((item) -> {
			started.countDown();
			new CountDownLatch(1).await();
		});
		putAll(3);
		started.await();

		List<Integer> left = this.queue.shutdownNow();

		assertThat(left).containsExactly(1, 2);
		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		assertThat(this.letters).singleElement().satisfies((letter) -> {
			assertThat(letter.item()).isZero();
			assertThat(letter.cause()).isInstanceOf(InterruptedException.class);
		});
		assertThat(this.queue.unfinished()).isZero();
	}

	@Test
	void shutdownNowCancelsTheStageThatIsWaitedFor() throws Exception {
		CompletableFuture<Void> stage = new CompletableFuture<>();
		this.queue.consumers().forEachAsync((item) -> stage);
		putAll(1);
		Awaitility.await().until(() -> this.queue.size() == 0);

		this.queue.shutdownNow();

		this.queue.join();
		assertThat(stage).isCancelled();
	}

	@Test
	void forEachWhenHandlerLeavesInterruptFlagNextItemIsSpared() throws Exception {
		this.queue.consumers().forEach((item) -> {
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			this.processed.add(item);
			Thread.currentThread().interrupt();
		});

		putAll(3);
		this.queue.join();

		assertThat(this.processed).containsExactly(0, 1, 2);
	}

	@Test
	void consumersWhenThereIsAnExecutorAreItsTasks() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("pool").maxConcurrency(2).queueCapacity(0).build()) {
			Set<String> threads = ConcurrentHashMap.newKeySet();
			QueueConsumers<Integer> consumers = this.queue.consumers().executor(executor).count(2).forEach((item) -> {
				threads.add(Thread.currentThread().getName());
				this.processed.add(item);
			});

			putAll(100);
			this.queue.join();

			assertThat(executor.getRunningCount()).isEqualTo(2);
			assertThat(threads).allMatch((name) -> name.startsWith("pool-"));
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> consumers.setCount(4))
				.withMessage("Executor 'pool' has no room for a consumer of queue 'test'");
			assertThat(consumers.getCount()).isEqualTo(2);
			consumers.stop();
		}
		assertThat(this.processed).hasSize(100);
	}

	@Test
	void consumersWhenTheirExecutorIsShutDownEnd() throws Exception {
		BoundedExecutor executor = BoundedExecutor.builder("pool").build();
		QueueConsumers<Integer> consumers = this.queue.consumers().executor(executor).forEach(this.processed::add);
		putAll(1);
		this.queue.join();

		executor.shutdownNow();

		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		executor.close();
	}

	@Test
	void consumersDoNotInheritTheDeadlineOfTheirStarter() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("pool").build()) {
			AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
			QueueConsumers<Integer> consumers = Deadline.within(Duration.ofMinutes(5),
					() -> this.queue.consumers().executor(executor).forEach((item) -> seen.set(Deadline.current())));
			putAll(1);
			this.queue.join();

			assertThat(seen.get()).isEqualTo(Deadline.none());
			consumers.stop();
		}
	}

	@Test
	void listenerIsToldOfEverythingAndMayFail() throws Exception {
		AtomicInteger taken = new AtomicInteger();
		AtomicInteger succeeded = new AtomicInteger();
		AtomicInteger failed = new AtomicInteger();
		AtomicInteger rejected = new AtomicInteger();
		AtomicBoolean delivered = new AtomicBoolean();
		this.queue.addListener(new WorkQueueListener() {

			@Override
			public void itemTaken(WorkQueue<?> queue, long waitNanos) {
				taken.incrementAndGet();
				throw new IllegalStateException("careless");
			}

			@Override
			public void itemsProcessed(WorkQueue<?> queue, int good, int bad, long runNanos) {
				succeeded.addAndGet(good);
				failed.addAndGet(bad);
			}

			@Override
			public void itemRejected(WorkQueue<?> queue, boolean closed) {
				rejected.incrementAndGet();
				assertThat(closed).isTrue();
			}

			@Override
			public void deadLettered(WorkQueue<?> queue, DeadLetter<?> letter, boolean wasDelivered) {
				delivered.set(wasDelivered);
			}

		});
		this.queue.consumers().forEach((item) -> {
			if (item == 1) {
				throw new IOException("no");
			}
		});

		putAll(3);
		this.queue.join();
		this.queue.close();
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> this.queue.put(1));

		assertThat(taken).hasValue(3);
		assertThat(succeeded).hasValue(2);
		assertThat(failed).hasValue(1);
		assertThat(rejected).hasValue(1);
		assertThat(delivered).isTrue();
	}

	@Test
	void severalGroupsShareAQueueUnlessOneWaitsForBatches() {
		this.queue.consumers().forEach(this.processed::add);
		this.queue.consumers().forEach(this.processed::add);

		assertThat(this.queue.getConsumers()).hasSize(2);
		assertThatIllegalStateException()
			.isThrownBy(() -> this.queue.consumers().batch(10, Duration.ofSeconds(1)).forEachBatch((items) -> {
			}))
			.withMessageStartingWith("Queue 'test' has consumers already.");
	}

	@Test
	void builderWhenValueIsWrongNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.queue.consumers().count(-1))
			.withMessage("'count' must not be negative but was -1");
		assertThatIllegalArgumentException().isThrownBy(() -> this.queue.consumers().batch(0))
			.withMessage("'size' must be at least 1 but was 0");
		assertThatIllegalArgumentException().isThrownBy(() -> this.queue.consumers().batch(1, Duration.ofMillis(-1)))
			.withMessage("'linger' must not be negative but was PT-0.001S");
		assertThatIllegalStateException().isThrownBy(() -> this.queue.consumers().batch(2).forEach((item) -> {
		})).withMessage("A handler of single items takes no batches of 2");
	}

	private void putAll(int count) throws InterruptedException {
		for (int i = 0; i < count; i++) {
			this.queue.put(i);
		}
	}

}
