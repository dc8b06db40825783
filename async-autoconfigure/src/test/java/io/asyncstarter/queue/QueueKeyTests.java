package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the order of items with equal keys.
 */
@Timeout(60)
class QueueKeyTests {

	@Test
	void itemsOfOneKeyAreProcessedOneAfterAnotherInOrder() throws Exception {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").capacity(50).build();
		Map<Integer, List<Integer>> order = new ConcurrentHashMap<>();
		Map<Integer, AtomicBoolean> busy = new ConcurrentHashMap<>();
		AtomicBoolean overlap = new AtomicBoolean();
		queue.consumers().count(8).key(Item::key).forEach((item) -> {
			AtomicBoolean own = busy.computeIfAbsent(item.key(), (key) -> new AtomicBoolean());
			overlap.compareAndSet(false, !own.compareAndSet(false, true));
			if (ThreadLocalRandom.current().nextInt(4) == 0) {
				Thread.yield();
			}
			order.computeIfAbsent(item.key(), (key) -> new ArrayList<>()).add(item.number());
			own.set(false);
		});
		Map<Integer, List<Integer>> expected = new HashMap<>();

		for (int i = 0; i < 20_000; i++) {
			int key = Math.min(ThreadLocalRandom.current().nextInt(10), ThreadLocalRandom.current().nextInt(10));
			expected.computeIfAbsent(key, (ignored) -> new ArrayList<>()).add(i);
			queue.put(new Item(key, i));
		}
		queue.join();

		assertThat(overlap).isFalse();
		assertThat(order).isEqualTo(expected);
		queue.close();
	}

	@Test
	void batchesKeepTheOrderOfEachKey() throws Exception {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").capacity(50).build();
		Map<Integer, List<Integer>> order = new ConcurrentHashMap<>();
		Map<Integer, AtomicBoolean> busy = new ConcurrentHashMap<>();
		AtomicBoolean overlap = new AtomicBoolean();
		queue.consumers().count(4).key(Item::key).batch(7, Duration.ofMillis(1)).forEachBatch((items) -> {
			List<Integer> keys = items.stream().map(Item::key).distinct().toList();
			keys.forEach((key) -> overlap.compareAndSet(false,
					!busy.computeIfAbsent(key, (ignored) -> new AtomicBoolean()).compareAndSet(false, true)));
			items.forEach((item) -> order.computeIfAbsent(item.key(), (key) -> new ArrayList<>()).add(item.number()));
			Thread.yield();
			keys.forEach((key) -> busy.getOrDefault(key, new AtomicBoolean()).set(false));
		});
		Map<Integer, List<Integer>> expected = new HashMap<>();

		for (int i = 0; i < 20_000; i++) {
			int key = ThreadLocalRandom.current().nextInt(10);
			expected.computeIfAbsent(key, (ignored) -> new ArrayList<>()).add(i);
			queue.put(new Item(key, i));
		}
		queue.join();

		assertThat(overlap).isFalse();
		assertThat(order).isEqualTo(expected);
		queue.close();
	}

	@Test
	void consumersPassOverItemsOfABusyKey() throws Exception {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").capacity(10).build();
		Semaphore gate = new Semaphore(0);
		CountDownLatch started = new CountDownLatch(1);
		List<Integer> processed = new CopyOnWriteArrayList<>();
		queue.consumers().count(2).key(Item::key).forEach((item) -> {
			if (item.number() == 0) {
				started.countDown();
				gate.acquire();
			}
			processed.add(item.number());
		});
		queue.put(new Item(1, 0));
		started.await();

		for (int i = 1; i <= 5; i++) {
			queue.put(new Item(1, i));
		}
		queue.put(new Item(2, 6));
		queue.put(new Item(3, 7));

		Awaitility.await().until(() -> processed.size() == 2);
		assertThat(processed).containsExactly(6, 7);
		assertThat(queue.size()).isEqualTo(5);
		for (int i = 8; i < 13; i++) {
			assertThat(queue.offer(new Item(1, i))).isTrue();
		}
		assertThat(queue.offer(new Item(1, 13))).as("items held back count").isFalse();
		gate.release();
		queue.join();
		assertThat(processed).containsExactly(6, 7, 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12);
		queue.close();
	}

	@Test
	void shutdownNowReturnsItemsThatAreHeldBack() throws Exception {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").build();
		CountDownLatch started = new CountDownLatch(1);
		queue.consumers().count(2).key(Item::key).forEach((item) -> {
			started.countDown();
			new CountDownLatch(1).await();
		});
		for (int i = 0; i < 5; i++) {
			queue.put(new Item(1, i));
		}
		started.await();
		Awaitility.await().until(() -> queue.size() == 4);

		List<Item> left = queue.shutdownNow();

		assertThat(left).extracting(Item::number).containsExactly(1, 2, 3, 4);
		queue.join();
	}

	@Test
	void dropOldestWhenAllItemsAreHeldBackDropsTheOldest() throws Exception {
		List<DeadLetter<Item>> letters = new CopyOnWriteArrayList<>();
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test")
			.capacity(2)
			.whenFull(QueueOverloadPolicy.DROP_OLDEST)
			.deadLetters(letters::add)
			.build();
		Semaphore gate = new Semaphore(0);
		List<Integer> processed = new CopyOnWriteArrayList<>();
		queue.consumers().count(2).key(Item::key).forEach((item) -> {
			gate.acquire();
			processed.add(item.number());
		});
		queue.put(new Item(1, 0));
		Awaitility.await().until(() -> queue.size() == 0);

		for (int i = 1; i <= 4; i++) {
			queue.put(new Item(1, i));
		}

		assertThat(letters).extracting((letter) -> letter.item().number()).containsExactly(1, 2);
		gate.release(10);
		queue.join();
		assertThat(processed).containsExactly(0, 3, 4);
		queue.close();
	}

	@Test
	void dropOldestWhenSomeItemsAreHeldBackDropsTheOldest() throws Exception {
		List<DeadLetter<Item>> letters = new CopyOnWriteArrayList<>();
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test")
			.capacity(2)
			.whenFull(QueueOverloadPolicy.DROP_OLDEST)
			.deadLetters(letters::add)
			.build();
		Semaphore gate = new Semaphore(0);
		List<Integer> processed = new CopyOnWriteArrayList<>();
		queue.consumers().count(2).key(Item::key).forEach((item) -> {
			gate.acquire();
			processed.add(item.number());
		});
		queue.put(new Item(1, 0));
		Awaitility.await().until(() -> queue.size() == 0);
		queue.put(new Item(1, 1));
		awaitAvailable(queue, 0);
		queue.pause();

		queue.put(new Item(1, 2));
		queue.put(new Item(1, 3));

		assertThat(letters).extracting((letter) -> letter.item().number()).containsExactly(1);
		gate.release(10);
		queue.resume();
		queue.join();
		assertThat(processed).containsExactly(0, 2, 3);
		queue.close();
	}

	@Test
	void dropOldestWhenAnOlderItemOfAnotherKeyIsHeldBackDropsThatOne() throws Exception {
		List<DeadLetter<Item>> letters = new CopyOnWriteArrayList<>();
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test")
			.capacity(2)
			.whenFull(QueueOverloadPolicy.DROP_OLDEST)
			.deadLetters(letters::add)
			.build();
		Map<Integer, Semaphore> gates = Map.of(1, new Semaphore(0), 2, new Semaphore(0));
		List<Integer> processed = new CopyOnWriteArrayList<>();
		queue.consumers().count(3).key(Item::key).forEach((item) -> {
			gates.getOrDefault(item.key(), new Semaphore(1)).acquire();
			processed.add(item.number());
		});
		queue.put(new Item(1, 0));
		queue.put(new Item(2, 1));
		Awaitility.await().until(() -> queue.size() == 0);
		queue.put(new Item(2, 2));
		queue.put(new Item(1, 3));
		awaitAvailable(queue, 0);
		queue.pause();
		gates.get(1).release(10);
		awaitAvailable(queue, 1);

		queue.put(new Item(3, 4));

		assertThat(letters).extracting((letter) -> letter.item().number()).containsExactly(2);
		gates.get(2).release(10);
		queue.resume();
		queue.join();
		assertThat(processed).containsExactlyInAnyOrder(0, 1, 3, 4);
		queue.close();
	}

	@Test
	void shutdownNowReturnsItemsInTheOrderOfTheirAcceptanceWhenSomeAreHeldBack() throws Exception {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").build();
		queue.consumers().count(2).key(Item::key).forEach((item) -> new CountDownLatch(1).await());
		queue.put(new Item(1, 0));
		Awaitility.await().until(() -> queue.size() == 0);
		queue.put(new Item(1, 1));
		awaitAvailable(queue, 0);
		queue.pause();
		queue.put(new Item(1, 2));

		List<Item> left = queue.shutdownNow();

		assertThat(left).extracting(Item::number).containsExactly(1, 2);
		queue.join();
		assertThat(queue.size()).isZero();
	}

	@Test
	void itemsThatWereThereBeforeTheKeyGetOne() throws Exception {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").capacity(3).build();
		for (int i = 0; i < 3; i++) {
			queue.put(new Item(1, i));
		}
		Elsewhere<?> waiting = Elsewhere.call(() -> {
			queue.put(new Item(1, 3));
			return true;
		});
		Elsewhere.awaitProducers(queue, 1);
		List<Integer> processed = new ArrayList<>();

		queue.consumers().count(4).key(Item::key).forEach((item) -> processed.add(item.number()));
		waiting.result.get();
		queue.join();

		assertThat(processed).containsExactly(0, 1, 2, 3);
		queue.close();
	}

	@Test
	void secondGroupCannotSetAnotherKey() {
		WorkQueue<Item> queue = WorkQueue.<Item>builder("test").build();
		queue.consumers().key(Item::key).forEach((item) -> {
		});

		assertThatIllegalStateException().isThrownBy(() -> queue.consumers().key(Item::number).forEach((item) -> {
		})).withMessageStartingWith("Queue 'test' has consumers already.");
		queue.close();
	}

	/**
	 * Waits until as many items wait that are not held back.
	 */
	private static void awaitAvailable(WorkQueue<?> queue, int items) {
		Awaitility.await().until(() -> queue.engine().<Integer>read((state) -> state.shelf.available()) == items);
	}

	/**
	 * An item of a key.
	 *
	 * @param key the key
	 * @param number the number of the item
	 */
	record Item(int key, int number) {

	}

}
