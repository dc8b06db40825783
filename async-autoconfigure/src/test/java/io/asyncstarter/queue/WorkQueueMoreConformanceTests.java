package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What asyncio's own tests say of queues and no other test here does, for each order of
 * items. Names in comments are those of the tests.
 */
@NoLeaks
@Timeout(60)
class WorkQueueMoreConformanceTests {

	/**
	 * A queue for each order of items.
	 */
	static Stream<WorkQueue<Integer>> orders() {
		return Stream
			.<Supplier<WorkQueueBuilder<Integer>>>of(() -> WorkQueue.builder("fifo"),
					() -> WorkQueue.<Integer>builder("lifo").lastInFirstOut(),
					() -> WorkQueue.<Integer>builder("priority").lowestFirst((item) -> item))
			.map((order) -> order.get().capacity(2).build());
	}

	@ParameterizedTest // maxsize, blocking_put_wait
	@MethodSource("orders")
	void producerStopsAtTheCapacityAndGoesOnAfterATake(WorkQueue<Integer> queue) throws Exception {
		List<Integer> put = new CopyOnWriteArrayList<>();
		Elsewhere<Boolean> producer = Elsewhere.call(() -> {
			for (int i = 0; i < 3; i++) {
				queue.put(i);
				put.add(i);
			}
			return true;
		});
		Elsewhere.awaitProducers(queue, 1);
		assertThat(queue.getCapacity()).isEqualTo(2);
		assertThat(put).containsExactly(0, 1);

		queue.take();

		assertThat(producer.result.get()).isTrue();
		assertThat(put).containsExactly(0, 1, 2);
		queue.take();
		queue.take();
		queue.done(3);
		assertStartingState(queue);
	}

	@ParameterizedTest // nonblocking_get, nonblocking_get_exception,
						// nonblocking_put_exception
	@MethodSource("orders")
	void nothingThatDoesNotWaitWaits(WorkQueue<Integer> queue) throws Exception {
		assertThat(queue.poll()).isNull();
		assertThat(queue.poll(Duration.ZERO)).isNull();
		assertThat(queue.offer(1)).isTrue();
		assertThat(queue.offer(2)).isTrue();
		assertThat(queue.offer(3)).isFalse();
		assertThat(queue.offer(3, Duration.ofMillis(-1))).isFalse();

		assertThat(queue.poll()).isNotNull();
		assertThat(queue.poll()).isNotNull();
		queue.done(2);
		assertStartingState(queue);
	}

	@ParameterizedTest // why_are_putters_waiting
	@MethodSource("orders")
	void whenSeveralItemsAreTakenAtOnceAsManyProducersAreLetIn(WorkQueue<Integer> queue) throws Exception {
		List<Elsewhere<?>> producers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			producers.add(Elsewhere.put(queue, i));
		}
		Elsewhere.awaitProducers(queue, 2);

		queue.poll();
		queue.poll();

		for (Elsewhere<?> producer : producers) {
			producer.result.get();
		}
		assertThat(queue.size()).isEqualTo(2);
		queue.shutdownNow();
		queue.done(2);
	}

	@Test // cancelled_puts_not_being_held_in_self_putters
	void producerThatIsInterruptedOrOutOfTimeLeavesTheLine() throws Exception {
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").capacity(1).build();
		queue.put(1);
		Elsewhere<@Nullable Void> interrupted = Elsewhere.put(queue, 2);
		Elsewhere.awaitProducers(queue, 1);
		Elsewhere<Boolean> late = Elsewhere.call(() -> Deadline.within(Duration.ofMillis(1), () -> {
			queue.put(3);
			return true;
		}));

		interrupted.thread.interrupt();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(interrupted.result::get)
			.withCauseInstanceOf(InterruptedException.class);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(late.result::get)
			.withCauseInstanceOf(DeadlineExceededException.class);
		assertThat(late.interruptedAfterwards.get()).isFalse();
		assertThat(queue.getStats().waitingProducers()).isZero();
		assertThat(queue.shutdownNow()).containsExactly(1);
	}

	@Test // get_cancel_drop_many_pending_readers
	void whenOneOfThreeTakersIsInterruptedAsTwoItemsComeTheOthersGetThem() throws Exception {
		for (int round = 0; round < 200; round++) {
			WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").build();
			List<Elsewhere<Integer>> takers = new ArrayList<>();
			for (int i = 1; i <= 3; i++) {
				takers.add(Elsewhere.take(queue));
				Elsewhere.awaitTakers(queue, i);
			}
			queue.put(1);
			queue.put(2);

			takers.getFirst().thread.interrupt();
			queue.close();

			List<Integer> taken = new ArrayList<>();
			for (Elsewhere<Integer> taker : takers) {
				try {
					taken.add(taker.result.get());
				}
				catch (ExecutionException ex) {
					assertThat(ex.getCause()).isInstanceOfAny(InterruptedException.class, QueueClosedException.class);
				}
			}
			for (Integer item = queue.poll(); item != null; item = queue.poll()) {
				taken.add(item);
			}
			assertThat(taken).containsExactlyInAnyOrder(1, 2);
			assertThat(queue.getStats().waitingTakers()).isZero();
		}
	}

	@Test // put_cancelled_race
	void whenTheLastOfThreeProducersIsInterruptedTheOthersKeepTheirOrder() throws Exception {
		WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test").capacity(1).build();
		queue.put(1);
		Elsewhere<@Nullable Void> second = Elsewhere.put(queue, 2);
		Elsewhere.awaitProducers(queue, 1);
		Elsewhere<@Nullable Void> third = Elsewhere.put(queue, 3);
		Elsewhere.awaitProducers(queue, 2);

		third.thread.interrupt();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(third.result::get)
			.withCauseInstanceOf(InterruptedException.class);
		assertThat(queue.take()).isEqualTo(1);
		assertThat(queue.take()).isEqualTo(2);
		second.result.get();
		assertThat(queue.poll()).isNull();
	}

	@ParameterizedTest // task_done_underflow
	@MethodSource("orders")
	void doneWithoutATakenItemIsRefused(WorkQueue<Integer> queue) throws Exception {
		assertThatIllegalStateException().isThrownBy(queue::done);
		queue.put(1);
		assertThatIllegalStateException().isThrownBy(queue::done);
		queue.take();
		assertThatIllegalStateException().isThrownBy(() -> queue.done(2));
		queue.done();
		assertStartingState(queue);
	}

	@ParameterizedTest // shutdown_empty
	@MethodSource("orders")
	void closeOfAnEmptyQueueWakesTakersAndRefusesEverything(WorkQueue<Integer> queue) throws Exception {
		Elsewhere<Integer> taker = Elsewhere.take(queue);
		Elsewhere.awaitTakers(queue, 1);

		queue.close();

		queue.join();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(taker.result::get)
			.withCauseInstanceOf(QueueClosedException.class);
		assertRefusesEverything(queue);
	}

	@ParameterizedTest // shutdown_immediate
	@MethodSource("orders")
	void shutdownNowEndsJoinIfNothingWasTaken(WorkQueue<Integer> queue) throws Exception {
		queue.put(1);
		queue.put(2);
		Elsewhere<Boolean> joiner = Elsewhere.call(() -> queue.join(Duration.ofMinutes(1)));
		Elsewhere<@Nullable Void> producer = Elsewhere.put(queue, 3);
		Elsewhere.awaitProducers(queue, 1);

		assertThat(queue.shutdownNow()).containsExactly(1, 2);

		assertThat(joiner.result.get()).isTrue();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(producer.result::get)
			.withCauseInstanceOf(QueueClosedException.class);
		assertThat(queue.size()).isZero();
		assertRefusesEverything(queue);
		assertThatIllegalStateException().isThrownBy(queue::done);
	}

	@ParameterizedTest // shutdown_immediate_with_unfinished
	@MethodSource("orders")
	void shutdownNowLeavesJoinToWhatWasTaken(WorkQueue<Integer> queue) throws Exception {
		queue.put(1);
		queue.put(2);
		int taken = queue.take();
		Elsewhere<Boolean> joiner = Elsewhere.call(() -> queue.join(Duration.ofMinutes(1)));

		assertThat(queue.shutdownNow()).containsExactly(3 - taken);

		assertRefusesEverything(queue);
		assertThat(queue.unfinished()).isOne();
		assertThat(joiner.result).isNotDone();
		queue.done();
		assertThat(joiner.result.get()).isTrue();
		assertThatIllegalStateException().isThrownBy(queue::done);
	}

	private static void assertRefusesEverything(WorkQueue<Integer> queue) throws Exception {
		assertThat(queue.isClosed()).isTrue();
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.put(9));
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.offer(9));
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.offer(9, Duration.ofSeconds(1)));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> queue.send(9).get())
			.withCauseInstanceOf(QueueClosedException.class);
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(queue::take);
		assertThat(queue.poll()).isNull();
		assertThat(queue.poll(Duration.ofSeconds(1))).isNull();
	}

	private static void assertStartingState(WorkQueue<Integer> queue) {
		WorkQueueStats stats = queue.getStats();
		assertThat(queue.size()).isZero();
		assertThat(queue.unfinished()).isZero();
		assertThat(stats.waitingProducers()).isZero();
		assertThat(stats.waitingTakers()).isZero();
	}

}
