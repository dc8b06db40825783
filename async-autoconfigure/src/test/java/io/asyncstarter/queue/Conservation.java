package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One queue, ill-treated by many threads, and the books that are kept of its items: each
 * one that was accepted ends exactly once, and no other does.
 */
final class Conservation {

	private static final int PRODUCERS = 4;

	private static final int TAKERS = 2;

	private final Random random;

	private final int items;

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicIntegerArray accepted;

	private final AtomicIntegerArray ended;

	private final AtomicBoolean over = new AtomicBoolean();

	private final WorkQueue<Integer> queue;

	private final QueueConsumers<Integer> consumers;

	private final List<Thread> workers = new ArrayList<>();

	private final boolean byHand;

	private final String setting;

	Conservation(long seed, int items) {
		this.random = new Random(seed);
		this.items = items;
		this.accepted = new AtomicIntegerArray(items);
		this.ended = new AtomicIntegerArray(items);
		QueueOverloadPolicy policy = QueueOverloadPolicy.values()[this.random.nextInt(3)];
		int order = this.random.nextInt(6);
		WorkQueueBuilder<Integer> builder = WorkQueue.<Integer>builder("test")
			.capacity(1 + this.random.nextInt(20))
			.whenFull(policy)
			.deadLetters(this::deadLettered);
		switch (order) {
			case 0 -> builder.lastInFirstOut();
			case 1 -> builder.lowestFirst((item) -> item % 7);
			default -> builder.measured(order == 2);
		}
		this.queue = builder.build();
		this.byHand = this.random.nextInt(3) == 0;
		boolean keyed = !this.byHand && this.random.nextBoolean();
		boolean batches = this.random.nextBoolean();
		this.consumers = consume(keyed, batches);
		this.setting = "%s, order %d, by hand %s, keyed %s, batches %s".formatted(policy, order, this.byHand, keyed,
				batches);
	}

	private QueueConsumers<Integer> consume(boolean keyed, boolean batches) {
		QueueConsumers.Builder<Integer> builder = this.queue.consumers().count((this.byHand) ? 1 : 3);
		if (keyed) {
			builder.key((item) -> (item % 5 != 0) ? item % 4 : null);
		}
		if (batches) {
			return builder.batch(5, Duration.ofNanos(this.random.nextInt(2) * 100_000L)).forEachBatch((batch) -> {
				failSometimes();
				batch.forEach(this::end);
			});
		}
		return builder.forEachAsync((item) -> {
			failSometimes();
			end(item);
			return (item % 3 != 0) ? null : CompletableFuture.completedFuture("done");
		});
	}

	private static void failSometimes() {
		if (ThreadLocalRandom.current().nextInt(50) == 0) {
			throw new IllegalStateException("unlucky");
		}
	}

	/**
	 * Runs until all items were offered, ends the queue, and looks at the books.
	 * @return how many operations there were
	 */
	long run() throws Exception {
		for (int i = 0; i < PRODUCERS; i++) {
			boolean virtual = i % 2 == 0;
			start(virtual, this::produce);
		}
		for (int i = 0; i < TAKERS && this.byHand; i++) {
			start(false, this::take);
		}
		Thread chaos = Thread.ofPlatform().daemon().start(this::disturb);
		for (Thread producer : this.workers.subList(0, PRODUCERS)) {
			producer.join();
		}
		this.over.set(true);
		chaos.join();
		this.queue.resume();
		List<Integer> left = endQueue();
		left.forEach(this::end);
		for (Thread worker : this.workers) {
			worker.join();
		}
		assertThat(this.queue.join(Duration.ofSeconds(30))).as("unfinished items, %s: %s", this.setting, this.queue)
			.isTrue();
		assertThat(this.consumers.awaitEnd(Duration.ofSeconds(30))).as("end of consumers, %s", this.setting).isTrue();
		return check();
	}

	private List<Integer> endQueue() {
		return switch (this.random.nextInt(3)) {
			case 0 -> this.queue.shutdownNow();
			case 1 -> {
				this.queue.close();
				this.consumers.setCount(2);
				yield List.of();
			}
			default -> this.queue.drain(Duration.ofSeconds(30), Duration.ofSeconds(30)).notProcessed();
		};
	}

	private void start(boolean virtual, Runnable work) {
		this.workers.add(((virtual) ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(work));
	}

	private void produce() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		List<Sent> sent = new ArrayList<>();
		for (int item = this.next.getAndIncrement(); item < this.items; item = this.next.getAndIncrement()) {
			try {
				switch (random.nextInt(8)) {
					case 0, 1, 2 -> accepted(item, put(item));
					case 3 -> accepted(item, this.queue.offer(item));
					case 4 -> accepted(item, this.queue.offer(item, Duration.ofNanos(random.nextInt(200_000))));
					case 5 -> sent.add(new Sent(item, this.queue.send(item)));
					case 6 -> cancel(item, this.queue.send(item));
					default -> sent.add(new Sent(item, this.queue.reactive().send(item).toFuture()));
				}
				if (sent.size() > 10) {
					settle(sent);
				}
			}
			catch (InterruptedException | QueueFullException ex) {
				// Not accepted.
			}
		}
		settle(sent);
	}

	private boolean put(int item) throws InterruptedException {
		this.queue.put(item);
		return true;
	}

	private void cancel(int item, CompletableFuture<Void> send) throws InterruptedException {
		if (!send.cancel(true)) {
			settle(new ArrayList<>(List.of(new Sent(item, send))));
		}
	}

	private void settle(List<Sent> sent) {
		boolean interrupted = false;
		for (Sent each : sent) {
			while (true) {
				try {
					each.future().get();
					accepted(each.item(), true);
					break;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (ExecutionException | CancellationException ex) {
					break;
				}
			}
		}
		sent.clear();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void take() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		while (!this.queue.isClosed() || this.queue.size() > 0) {
			try {
				Integer item = switch (random.nextInt(3)) {
					case 0 -> this.queue.poll();
					case 1 -> this.queue.poll(Duration.ofNanos(random.nextInt(200_000)));
					default -> this.queue.take();
				};
				if (item != null) {
					end(item);
					this.queue.done();
				}
			}
			catch (InterruptedException | QueueClosedException ex) {
				// Has taken nothing.
			}
		}
	}

	private void disturb() {
		while (!this.over.get()) {
			switch (this.random.nextInt(8)) {
				case 0, 1, 2 -> this.workers.get(this.random.nextInt(this.workers.size())).interrupt();
				case 3 -> this.queue.setCapacity(1 + this.random.nextInt(20));
				case 4 -> this.consumers.setCount(this.random.nextInt(5));
				case 5 -> this.queue.pause();
				case 6 -> this.consumers.setCount(3);
				default -> assertThat(this.queue.getStats().unfinished()).isNotNegative();
			}
			LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(20 + this.random.nextInt(100)));
			this.queue.resume();
		}
	}

	private void accepted(int item, boolean accepted) {
		this.accepted.set(item, (accepted) ? 1 : 0);
	}

	private void deadLettered(DeadLetter<Integer> letter) {
		end(letter.item());
	}

	private void end(@Nullable Integer item) {
		this.ended.incrementAndGet((item != null) ? item : 0);
	}

	private long check() {
		long accepted = 0;
		for (int item = 0; item < this.items; item++) {
			assertThat(this.ended.get(item)).as("ends of item %d, %s", item, this.setting)
				.isEqualTo(this.accepted.get(item));
			accepted += this.accepted.get(item);
		}
		WorkQueueStats stats = this.queue.getStats();
		assertThat(stats.accepted()).as("accepted, %s", this.setting).isEqualTo(accepted);
		assertThat(stats.size()).isZero();
		assertThat(stats.waitingProducers()).isZero();
		assertThat(stats.waitingTakers()).isZero();
		assertThat(stats.lostDeadLetters()).isZero();
		return this.items + accepted;
	}

	private record Sent(int item, CompletableFuture<Void> future) {

	}

}
