package io.asyncstarter.queue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.policy.Policy;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QueueConsumers} that process batches.
 */
@Timeout(60)
class QueueBatchTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final List<DeadLetter<Integer>> letters = new CopyOnWriteArrayList<>();

	private final WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test")
		.capacity(5)
		.deadLetters(this.letters::add)
		.timer(this.timer)
		.build();

	private final BlockingQueue<List<Integer>> batches = new LinkedBlockingQueue<>();

	@AfterEach
	void shutDown() {
		this.queue.shutdownNow();
	}

	@Test
	void batchWhenCompleteIsTakenAtOnce() throws Exception {
		this.queue.consumers().batch(3, Duration.ofHours(1)).forEachBatch(this.batches::add);

		putAll(0, 1, 2, 3);

		assertThat(this.batches.take()).containsExactly(0, 1, 2);
		awaitLingering();
		assertThat(this.batches).isEmpty();
		putAll(4, 5);
		assertThat(this.batches.take()).containsExactly(3, 4, 5);
	}

	@Test
	void batchWhenOldestItemHasWaitedForLingerIsTaken() throws Exception {
		this.queue.consumers().batch(3, Duration.ofMillis(100)).forEachBatch(this.batches::add);
		putAll(0);
		awaitLingering();
		this.timer.advance(Duration.ofMillis(60));
		putAll(1);
		this.timer.advance(Duration.ofMillis(39));
		assertThat(this.batches.poll(20, TimeUnit.MILLISECONDS)).isNull();

		this.timer.advance(Duration.ofMillis(1));

		assertThat(this.batches.take()).containsExactly(0, 1);
		putAll(2);
		awaitLingering();
		this.timer.advance(Duration.ofMillis(100));
		assertThat(this.batches.take()).containsExactly(2);
	}

	@Test
	void batchWhenQueueIsFullIsTakenAtOnce() throws Exception {
		this.queue.consumers().batch(100, Duration.ofHours(1)).forEachBatch(this.batches::add);

		putAll(0, 1, 2, 3, 4);

		assertThat(this.batches.take()).containsExactly(0, 1, 2, 3, 4);
	}

	@Test
	void batchWhenQueueIsClosedIsTakenAtOnce() throws Exception {
		QueueConsumers<Integer> consumers = this.queue.consumers()
			.count(2)
			.batch(3, Duration.ofHours(1))
			.forEachBatch(this.batches::add);
		putAll(0);
		awaitLingering();

		this.queue.close();

		assertThat(this.batches.take()).containsExactly(0);
		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void batchWithoutLingerTakesWhatThereIs() throws Exception {
		putAll(0, 1, 2, 3, 4);

		this.queue.consumers().batch(3).forEachBatch(this.batches::add);

		assertThat(this.batches.take()).containsExactly(0, 1, 2);
		assertThat(this.batches.take()).containsExactly(3, 4);
		putAll(5);
		assertThat(this.batches.take()).containsExactly(5);
	}

	@Test
	void batchWhenLingeringConsumerIsTakenAwayGoesToAnother() throws Exception {
		QueueConsumers<Integer> consumers = this.queue.consumers()
			.count(3)
			.batch(3, Duration.ofMillis(100))
			.forEachBatch(this.batches::add);
		putAll(0);
		awaitLingering();

		consumers.setCount(1);
		awaitLingering();
		this.timer.advance(Duration.ofMillis(100));

		assertThat(this.batches.take()).containsExactly(0);
	}

	@Test
	void batchWhenPausedIsNotTaken() throws Exception {
		this.queue.consumers().batch(3, Duration.ofMillis(100)).forEachBatch(this.batches::add);
		putAll(0);
		awaitLingering();

		this.queue.pause();
		this.timer.advance(Duration.ofMillis(100));
		putAll(1, 2, 3);
		assertThat(this.batches.poll(20, TimeUnit.MILLISECONDS)).isNull();
		this.queue.resume();

		assertThat(this.batches.take()).containsExactly(0, 1, 2);
	}

	@Test
	void batchWhenItFailsIsRetriedAsAWholeAndThenEachItemIsADeadLetter() throws Exception {
		Policy policy = Policy.builder("test").retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		putAll(0, 1, 2);
		this.queue.consumers().policy(policy).batch(3).forEachBatch((items) -> {
			this.batches.add(items);
			throw new IOException("no");
		});

		this.queue.join();

		assertThat(this.batches).containsExactly(List.of(0, 1, 2), List.of(0, 1, 2));
		assertThat(this.letters).extracting(DeadLetter::item).containsExactly(0, 1, 2);
		assertThat(this.letters).allSatisfy((letter) -> {
			assertThat(letter.attempts()).isEqualTo(2);
			assertThat(letter.cause()).isInstanceOf(IOException.class);
		});
	}

	@Test
	void batchWhenHandlerNamesFailedItemsRetriesThoseOnly() throws Exception {
		Policy policy = Policy.builder("test").retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		putAll(0, 1, 2, 3);
		this.queue.consumers().policy(policy).batch(4).forEachBatch((items) -> {
			this.batches.add(items);
			throw (items.size() == 4)
					? new FailedItemsException(new TreeMap<>(Map.of(1, new IOException(), 3, new IOException())))
					: new FailedItemsException(new TreeMap<>(Map.of(0, new IOException("one is lost"))));
		});

		this.queue.join();

		assertThat(this.batches).containsExactly(List.of(0, 1, 2, 3), List.of(1, 3));
		assertThat(this.letters).singleElement().satisfies((letter) -> {
			assertThat(letter.item()).isOne();
			assertThat(letter.cause()).hasMessage("one is lost");
		});
		assertThat(this.queue.getStats().succeeded()).isEqualTo(3);
		assertThat(this.queue.getStats().failed()).isOne();
	}

	private void putAll(int... items) throws InterruptedException {
		for (int item : items) {
			this.queue.put(item);
		}
	}

	private void awaitLingering() {
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.timer.armed() == 1);
	}

}
