package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for producers that hold no thread while they wait.
 */
@Timeout(60)
class SendTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final WorkQueue<Integer> queue = WorkQueue.<Integer>builder("test")
		.capacity(1)
		.maxWait(Duration.ofSeconds(10))
		.timer(this.timer)
		.build();

	@Test
	void sendWhenThereIsRoomCompletesAtOnce() {
		assertThat(this.queue.send(1)).isCompleted();
		assertThat(this.queue.poll()).isEqualTo(1);
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void sendWhenFullCompletesOnceThereIsRoom() throws Exception {
		CompletableFuture<Void> first = this.queue.send(1);
		CompletableFuture<Void> second = this.queue.send(2);
		CompletableFuture<Void> third = this.queue.send(3);
		assertThat(first).isDone();
		assertThat(second).isNotDone();

		assertThat(this.queue.poll()).isEqualTo(1);

		second.get();
		assertThat(third).isNotDone();
		assertThat(this.queue.poll()).isEqualTo(2);
		third.get();
		assertThat(this.queue.poll()).isEqualTo(3);
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void sendAndPutWhenFullStandInOneLine() throws Exception {
		this.queue.put(0);
		CompletableFuture<Void> first = this.queue.send(1);
		Elsewhere<?> second = Elsewhere.put(this.queue, 2);
		Elsewhere.awaitProducers(this.queue, 2);
		CompletableFuture<Void> third = this.queue.send(3);

		for (int i = 0; i <= 3; i++) {
			assertThat(this.queue.take()).isEqualTo(i);
		}

		first.get();
		second.result.get();
		third.get();
	}

	@Test
	void cancelWhileWaitingTakesItemBack() {
		this.queue.send(1);
		CompletableFuture<Void> second = this.queue.send(2);

		assertThat(second.cancel(true)).isTrue();

		assertThat(second).isCancelled();
		assertThat(this.queue.getStats().waitingProducers()).isZero();
		assertThat(this.timer.armed()).isZero();
		assertThat(this.queue.poll()).isEqualTo(1);
		assertThat(this.queue.poll()).isNull();
	}

	@Test
	void cancelWhenItemIsInTheQueueIsRefused() throws Exception {
		this.queue.send(1);
		CompletableFuture<Void> second = this.queue.send(2);
		this.queue.poll();

		assertThat(second.cancel(true)).isFalse();

		second.get();
		assertThat(this.queue.poll()).isEqualTo(2);
	}

	@Test
	void sendWhenMaxWaitIsOverFails() {
		this.queue.send(1);
		CompletableFuture<Void> second = this.queue.send(2);

		this.timer.advance(Duration.ofSeconds(10));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(second::get)
			.withCauseInstanceOf(QueueFullException.class);
		assertThat(this.queue.getStats().waitingProducers()).isZero();
	}

	@Test
	void sendWhenClosedFails() {
		this.queue.send(1);
		CompletableFuture<Void> waiting = this.queue.send(2);

		this.queue.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(waiting::get)
			.withCauseInstanceOf(QueueClosedException.class);
		assertThat(this.queue.send(3)).isCompletedExceptionally();
		assertThat(this.queue.getStats().rejected()).isEqualTo(2);
	}

	@Test
	void sendWhenPolicyIsRejectFailsAtOnce() {
		WorkQueue<Integer> rejecting = WorkQueue.<Integer>builder("test")
			.capacity(1)
			.whenFull(QueueOverloadPolicy.REJECT)
			.build();
		rejecting.send(1);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(rejecting.send(2)::get)
			.withCauseInstanceOf(QueueFullException.class);
	}

	@Test
	void sendWhenPolicyIsDropOldestTakesItsPlace() {
		List<DeadLetter<Integer>> letters = new ArrayList<>();
		WorkQueue<Integer> dropping = WorkQueue.<Integer>builder("test")
			.capacity(1)
			.whenFull(QueueOverloadPolicy.DROP_OLDEST)
			.deadLetters(letters::add)
			.build();
		dropping.send(1);

		assertThat(dropping.send(2)).isCompleted();

		assertThat(letters).singleElement().extracting(DeadLetter::item).isEqualTo(1);
	}

	@Test
	void monoSendsOnceForEachSubscription() {
		Mono<Void> send = this.queue.reactive().send(1);
		assertThat(this.queue.size()).isZero();

		StepVerifier.create(send).verifyComplete();
		assertThat(this.queue.poll()).isEqualTo(1);
		StepVerifier.create(send).verifyComplete();
		assertThat(this.queue.poll()).isEqualTo(1);
	}

	@Test
	void monoWhenFullHoldsTheStreamBack() {
		int items = 1000;
		List<Integer> taken = new ArrayList<>();
		WorkQueue<Integer> small = WorkQueue.<Integer>builder("test").capacity(4).build();

		StepVerifier.create(Flux.range(0, items)
			.concatMap((item) -> small.reactive().send(item))
			.doOnSubscribe((subscribed) -> Thread.ofVirtual().start(() -> {
				try {
					while (taken.size() < items) {
						assertThat(small.size()).isLessThanOrEqualTo(4);
						taken.add(small.take());
						small.done();
					}
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}))).verifyComplete();

		assertThat(taken).hasSizeGreaterThanOrEqualTo(items - 5);
	}

	@Test
	void monoWhenCancelledWhileWaitingTakesItemBack() {
		this.queue.send(1);
		Disposable waiting = this.queue.reactive().send(2).subscribe();
		Elsewhere.awaitProducers(this.queue, 1);

		waiting.dispose();

		assertThat(this.queue.getStats().waitingProducers()).isZero();
		assertThat(this.timer.armed()).isZero();
		assertThat(this.queue.poll()).isEqualTo(1);
		assertThat(this.queue.poll()).isNull();
	}

	@Test
	void monoWhenDeadlineOfContextPassesFailsWithIt() {
		this.queue.send(1);
		Deadline deadline = Deadline.after(Duration.ofSeconds(1), this.timer);

		StepVerifier
			.create(this.queue.reactive()
				.send(2)
				.contextWrite((context) -> context.put(DeadlineThreadLocalAccessor.KEY, deadline)))
			.expectSubscription()
			.then(() -> this.timer.advance(Duration.ofSeconds(1)))
			.verifyError(DeadlineExceededException.class);

		assertThat(this.queue.getStats().waitingProducers()).isZero();
	}

	@Test
	void sendWhenCancelledWhileRoomIsMadeHasOneOutcome() throws Exception {
		for (int round = 0; round < 500; round++) {
			WorkQueue<Integer> small = WorkQueue.<Integer>builder("test").capacity(1).build();
			small.put(1);
			CompletableFuture<Void> send = small.send(2);
			Elsewhere<Boolean> cancel = Elsewhere.call(() -> send.cancel(false));

			assertThat(small.poll()).isEqualTo(1);

			boolean cancelled = cancel.result.get();
			if (!cancelled) {
				send.get();
			}
			assertThat(small.size()).isEqualTo((cancelled) ? 0 : 1);
		}
	}

}
