package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WorkQueue} with producers and consumers made by hand. The numbers are
 * those of the asyncio tests that the cases come from.
 */
@Timeout(60)
class WorkQueueTests {

	@Test
	void sizeWhenItemsComeAndGoFollows() throws Exception {
		// D01
		WorkQueue<Integer> queue = queue(1);
		assertThat(queue.size()).isZero();

		queue.put(1);
		assertThat(queue.size()).isOne();
		assertThat(queue.offer(2)).isFalse();

		assertThat(queue.take()).isEqualTo(1);
		assertThat(queue.size()).isZero();
		assertThat(queue.poll()).isNull();
	}

	@Test
	void offerWhenUnboundedIsNeverRefused() throws Exception {
		// D01
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").unbounded().build();

		for (int i = 0; i < 100_000; i++) {
			assertThat(queue.offer(i)).isTrue();
		}

		assertThat(queue.size()).isEqualTo(100_000);
		assertThat(queue.take()).isZero();
	}

	@Test
	void takeWhenEmptyWaitsForItem() throws Exception {
		// D03
		WorkQueue<Integer> queue = queue(1);
		Elsewhere<Integer> taker = Elsewhere.take(queue);
		Elsewhere.awaitTakers(queue, 1);

		queue.put(1);

		assertThat(taker.result.get()).isEqualTo(1);
	}

	@Test
	void putWhenFirstTakerIsInterruptedWakesSecond() throws Exception {
		// D05
		WorkQueue<Integer> queue = queue(1);
		Elsewhere<Integer> first = Elsewhere.take(queue);
		Elsewhere.awaitTakers(queue, 1);
		Elsewhere<Integer> second = Elsewhere.take(queue);
		Elsewhere.awaitTakers(queue, 2);

		first.thread.interrupt();
		queue.put(1);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(first.result::get)
			.withCauseInstanceOf(InterruptedException.class);
		assertThat(second.result.get()).isEqualTo(1);
		assertThat(first.interruptedAfterwards.get()).isFalse();
	}

	@Test
	void producersAndConsumersWhenCapacityIsOneAllEnd() throws Exception {
		// D07
		WorkQueue<Integer> queue = queue(1);
		List<Elsewhere<?>> all = new ArrayList<>();

		for (int i = 0; i < 5; i++) {
			all.add(Elsewhere.put(queue, i));
			all.add(Elsewhere.take(queue));
		}

		for (Elsewhere<?> each : all) {
			each.result.get();
		}
		assertThat(queue.size()).isZero();
	}

	@Test
	void pollWhenTimeIsUpLeavesTheLine() throws Exception {
		// D09
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").timer(timer).build();
		Elsewhere<@Nullable Integer> taker = Elsewhere.call(() -> queue.poll(Duration.ofMillis(100)));
		Elsewhere.awaitTakers(queue, 1);

		timer.advance(Duration.ofMillis(100));

		assertThat(taker.result.get()).isNull();
		assertThat(queue.getStats().waitingTakers()).isZero();
		assertThat(timer.armed()).isZero();
	}

	@Test
	void takeWhenReaderIsInterruptedAsItemsComeLosesNothing() throws Exception {
		// D11
		for (int round = 0; round < 500; round++) {
			WorkQueue<Integer> queue = queue(2);
			Elsewhere<Integer> reader = Elsewhere.take(queue);
			if (round % 2 == 0) {
				Elsewhere.awaitTakers(queue, 1);
			}
			queue.put(1);
			queue.put(2);

			reader.thread.interrupt();

			List<Integer> taken = new ArrayList<>();
			try {
				taken.add(reader.result.get());
			}
			catch (ExecutionException ex) {
				assertThat(ex).hasCauseInstanceOf(InterruptedException.class);
			}
			for (Integer item = queue.poll(); item != null; item = queue.poll()) {
				taken.add(item);
			}
			assertThat(taken).containsExactly(1, 2);
		}
	}

	@Test
	void putWhenWriterIsInterruptedAsRoomComesPutsOnceOrNotAtAll() throws Exception {
		// D13
		for (int round = 0; round < 500; round++) {
			WorkQueue<Integer> queue = queue(1);
			queue.put(1);
			Elsewhere<@Nullable Void> writer = Elsewhere.put(queue, 2);
			if (round % 2 == 0) {
				Elsewhere.awaitProducers(queue, 1);
			}
			assertThat(queue.take()).isEqualTo(1);

			writer.thread.interrupt();

			boolean accepted = true;
			try {
				writer.result.get();
			}
			catch (ExecutionException ex) {
				assertThat(ex).hasCauseInstanceOf(InterruptedException.class);
				accepted = false;
			}
			assertThat(queue.size()).isEqualTo((accepted) ? 1 : 0);
			if (!accepted) {
				queue.put(2);
			}
			assertThat(queue.take()).isEqualTo(2);
			assertThat(queue.poll()).isNull();
		}
	}

	@Test
	void takeWhenLastInFirstOutTurnsOrderAround() throws Exception {
		// D15
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").lastInFirstOut().build();

		assertThat(takeAll(queue, 1, 3, 2)).containsExactly(2, 3, 1);
	}

	@Test
	void takeWhenLowestFirstSortsByRankAndThenByArrival() throws Exception {
		// D15
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").lowestFirst((item) -> item % 10).build();

		assertThat(takeAll(queue, 11, 3, 2, 1)).containsExactly(11, 1, 2, 3);
	}

	@Test
	void joinWhenWorkersMarkItemsDoneReturnsAfterTheLast() throws Exception {
		// D17
		WorkQueue<Integer> queue = queue(10);
		AtomicInteger sum = new AtomicInteger();
		List<Elsewhere<?>> workers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			workers.add(Elsewhere.call(() -> {
				while (true) {
					sum.addAndGet(queue.take());
					queue.done();
				}
			}));
		}

		for (int i = 0; i < 100; i++) {
			queue.put(i);
		}
		queue.join();

		assertThat(sum).hasValue(4950);
		queue.join();
		queue.join();
		queue.close();
		for (Elsewhere<?> worker : workers) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(worker.result::get)
				.withCauseInstanceOf(QueueClosedException.class);
		}
	}

	@Test
	void closeWhenFullRefusesWaitingProducerAndHandsOutTheRest() throws Exception {
		// D19
		WorkQueue<Integer> queue = queue(1);
		queue.put(1);
		Elsewhere<@Nullable Void> producer = Elsewhere.put(queue, 2);
		Elsewhere.awaitProducers(queue, 1);
		Elsewhere<Boolean> joiner = Elsewhere.call(() -> queue.join(Duration.ofMinutes(1)));

		queue.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(producer.result::get)
			.withCauseInstanceOf(QueueClosedException.class);
		assertThat(queue.take()).isEqualTo(1);
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(queue::take)
			.withMessage("Queue 'test' is closed");
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.offer(3));
		assertThat(joiner.result).isNotDone();
		queue.done();
		assertThat(joiner.result.get()).isTrue();
		assertThatIllegalStateException().isThrownBy(queue::done);
	}

	@Test
	void closeWhenTakersWaitWakesThem() throws Exception {
		WorkQueue<Integer> queue = queue(1);
		Elsewhere<Integer> taker = Elsewhere.take(queue);
		Elsewhere<@Nullable Integer> poller = Elsewhere.call(() -> queue.poll(Duration.ofMinutes(1)));
		Elsewhere.awaitTakers(queue, 2);

		queue.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(taker.result::get)
			.withCauseInstanceOf(QueueClosedException.class);
		assertThat(poller.result.get()).isNull();
	}

	@Test
	void shutdownNowReturnsWhatWasNotTakenInOrder() throws Exception {
		WorkQueue<Integer> queue = queue(3);
		for (int i = 1; i <= 3; i++) {
			queue.put(i);
		}
		Elsewhere<@Nullable Void> producer = Elsewhere.put(queue, 4);
		Elsewhere.awaitProducers(queue, 1);
		assertThat(queue.take()).isEqualTo(1);
		producer.result.get();

		List<Integer> left = queue.shutdownNow();

		assertThat(left).containsExactly(2, 3, 4);
		assertThat(queue.shutdownNow()).isEmpty();
		assertThat(queue.poll()).isNull();
		assertThat(queue.unfinished()).isOne();
		assertThat(queue.join(Duration.ZERO)).isFalse();
		queue.done();
		assertThat(queue.join(Duration.ZERO)).isTrue();
	}

	@Test
	void putWhenFullWaitsAndIsLetInByOrderOfArrival() throws Exception {
		WorkQueue<Integer> queue = queue(1);
		queue.put(0);
		for (int i = 1; i <= 5; i++) {
			Elsewhere.put(queue, i);
			Elsewhere.awaitProducers(queue, i);
		}

		for (int i = 0; i <= 5; i++) {
			assertThat(queue.take()).isEqualTo(i);
		}
	}

	@Test
	void offerWhenProducerHasBeenCalledDoesNotStealItsPlace() throws Exception {
		// X13
		for (int round = 0; round < 200; round++) {
			WorkQueue<Integer> queue = queue(1);
			queue.put(1);
			Elsewhere<@Nullable Void> producer = Elsewhere.put(queue, 2);
			Elsewhere.awaitProducers(queue, 1);
			queue.take();

			boolean stolen = queue.offer(3);

			assertThat(stolen).isFalse();
			producer.result.get();
			assertThat(queue.take()).isEqualTo(2);
		}
	}

	@Test
	void setCapacityWhenRaisedLetsProducersInAtOnce() throws Exception {
		WorkQueue<Integer> queue = queue(1);
		queue.put(0);
		List<Elsewhere<?>> producers = new ArrayList<>();
		for (int i = 1; i <= 3; i++) {
			producers.add(Elsewhere.put(queue, i));
			Elsewhere.awaitProducers(queue, i);
		}

		queue.setCapacity(4);

		for (Elsewhere<?> producer : producers) {
			producer.result.get();
		}
		assertThat(queue.size()).isEqualTo(4);
	}

	@Test
	void setCapacityWhenLoweredTakesNoPlaceAway() throws Exception {
		WorkQueue<Integer> queue = queue(3);
		for (int i = 1; i <= 3; i++) {
			queue.put(i);
		}

		queue.setCapacity(1);

		assertThat(queue.size()).isEqualTo(3);
		assertThat(queue.offer(4)).isFalse();
		queue.take();
		queue.take();
		assertThat(queue.offer(4)).isFalse();
		queue.take();
		assertThat(queue.offer(4)).isTrue();
	}

	@Test
	void putWhenMaxWaitIsOverFails() throws Exception {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test")
			.capacity(1)
			.maxWait(Duration.ofSeconds(1))
			.timer(timer)
			.build();
		queue.put(1);
		Elsewhere<@Nullable Void> producer = Elsewhere.put(queue, 2);
		Elsewhere.awaitProducers(queue, 1);

		timer.advance(Duration.ofSeconds(1));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(producer.result::get)
			.withCauseInstanceOf(QueueFullException.class)
			.withMessageContaining("Queue 'test' had no room for an item: 1 of 1 waiting, 0 producers before");
		assertThat(queue.getStats().rejected()).isOne();
		assertThat(timer.armed()).isZero();
	}

	@Test
	void putWhenPolicyIsRejectFailsAtOnce() throws Exception {
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test")
			.capacity(1)
			.whenFull(QueueOverloadPolicy.REJECT)
			.build();
		queue.put(1);

		assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> queue.put(2))
			.satisfies((ex) -> assertThat(ex.getQueueName()).isEqualTo("test"))
			.satisfies((ex) -> assertThat(ex.getCapacity()).isOne());
	}

	@Test
	void offerWithTimeoutWhenPolicyIsRejectWaitsAllTheSame() throws Exception {
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test")
			.capacity(1)
			.whenFull(QueueOverloadPolicy.REJECT)
			.build();
		queue.put(1);
		Elsewhere<Boolean> producer = Elsewhere.call(() -> queue.offer(2, Duration.ofMinutes(1)));
		Elsewhere.awaitProducers(queue, 1);

		queue.take();

		assertThat(producer.result.get()).isTrue();
	}

	@Test
	void putWhenPolicyIsDropOldestMakesDeadLetterOfOldest() throws Exception {
		List<DeadLetter<Integer>> letters = new ArrayList<>();
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test")
			.capacity(2)
			.whenFull(QueueOverloadPolicy.DROP_OLDEST)
			.deadLetters(letters::add)
			.build();

		for (int i = 1; i <= 4; i++) {
			queue.put(i);
		}

		assertThat(letters).extracting(DeadLetter::item).containsExactly(1, 2);
		assertThat(letters).allSatisfy((letter) -> {
			assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.DROPPED);
			assertThat(letter.cause()).isInstanceOf(ItemDroppedException.class)
				.hasMessage("Queue 'test' was full with 2 items and dropped the oldest one");
			assertThat(letter.attempts()).isZero();
		});
		assertThat(queue.take()).isEqualTo(3);
		queue.done();
		assertThat(queue.take()).isEqualTo(4);
		queue.done();
		assertThat(queue.join(Duration.ZERO)).isTrue();
		assertThat(queue.getStats().dropped()).isEqualTo(2);
	}

	@Test
	void putWhenDeadlinePassesEndsWithItAndIsNotInTheQueue() throws Exception {
		WorkQueue<Integer> queue = queue(1);
		queue.put(1);

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.<Exception>within(Duration.ofMillis(20), () -> queue.put(2)));

		assertThat(queue.size()).isOne();
		assertThat(queue.getStats().waitingProducers()).isZero();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void takeWhenDeadlinePassesEndsWithIt() {
		WorkQueue<Integer> queue = queue(1);

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.<Integer, Exception>within(Duration.ofMillis(20), queue::take));

		assertThat(queue.getStats().waitingTakers()).isZero();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void putWhenInterruptedBeforehandPutsNothing() {
		WorkQueue<Integer> queue = queue(1);
		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> queue.put(1));

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(queue.size()).isZero();
	}

	@Test
	void joinWhenInterruptedLeavesTheLine() throws Exception {
		WorkQueue<Integer> queue = queue(1);
		queue.put(1);
		CountDownLatch started = new CountDownLatch(1);
		Elsewhere<Boolean> joiner = Elsewhere.call(() -> {
			started.countDown();
			return queue.join(Duration.ofMinutes(1));
		});
		started.await();

		joiner.thread.interrupt();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(joiner.result::get)
			.withCauseInstanceOf(InterruptedException.class);
	}

	@Test
	void getStatsWhenMeasuredTellsTheOldestAge() throws Exception {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").measured(true).timer(timer).build();
		queue.put(1);
		timer.advance(Duration.ofSeconds(3));
		queue.put(2);
		timer.advance(Duration.ofSeconds(4));

		assertThat(queue.getStats().oldestAge()).isEqualTo(Duration.ofSeconds(7));
		queue.take();
		assertThat(queue.getStats().oldestAge()).isEqualTo(Duration.ofSeconds(4));
		queue.take();
		assertThat(queue.getStats().oldestAge()).isNull();
		assertThat(queue.getStats().accepted()).isEqualTo(2);
		assertThat(queue.getStats().processing()).isEqualTo(2);
	}

	@Test
	void builderWhenValueIsWrongNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> WorkQueue.builder("test").capacity(0))
			.withMessage("'capacity' must be at least 1 but was 0");
		assertThatIllegalArgumentException().isThrownBy(() -> WorkQueue.builder("test").maxWait(Duration.ofMillis(-1)))
			.withMessage("'maxWait' must not be negative but was PT-0.001S");
		assertThatIllegalArgumentException().isThrownBy(() -> WorkQueue.builder(""));
		assertThatIllegalArgumentException().isThrownBy(() -> queue(1).done(0));
	}

	@Test
	void putWhenVirtualThreadsWaitInThousandsLosesNothing() throws Exception {
		WorkQueue<Integer> queue = queue(1);
		int producers = 2_000;
		List<CompletableFuture<Void>> puts = new ArrayList<>();
		for (int i = 0; i < producers; i++) {
			int item = i;
			CompletableFuture<Void> put = new CompletableFuture<>();
			puts.add(put);
			Thread.ofVirtual().start(() -> {
				try {
					queue.put(item);
					put.complete(null);
				}
				catch (InterruptedException ex) {
					put.completeExceptionally(ex);
				}
			});
		}

		boolean[] seen = new boolean[producers];
		for (int i = 0; i < producers; i++) {
			int item = queue.take();
			assertThat(seen[item]).isFalse();
			seen[item] = true;
		}
		CompletableFuture.allOf(puts.toArray(CompletableFuture[]::new)).get();
		assertThat(queue.size()).isZero();
	}

	private static WorkQueue<Integer> queue(int capacity) {
		return WorkQueue.<Integer>builder("test").capacity(capacity).build();
	}

	private static List<Integer> takeAll(WorkQueue<Integer> queue, int... items) throws InterruptedException {
		for (int item : items) {
			queue.put(item);
		}
		List<Integer> taken = new ArrayList<>();
		while (queue.size() > 0) {
			taken.add(queue.take());
		}
		return taken;
	}

}
