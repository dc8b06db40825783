package io.asyncstarter.queue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for items that are given up: for where they go, and for those whose deadline has
 * passed.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class DeadLetterTests {

	@Test
	void itemThatFailsGoesToTheDeadLetterQueue() throws Exception {
		WorkQueue<DeadLetter<String>> failed = WorkQueue.<DeadLetter<String>>builder("failed").build();
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters(failed).build();
		queue.consumers().forEach(DeadLetterTests::fail);

		queue.put("a");
		queue.join();

		assertThat(failed.take()).satisfies((letter) -> {
			assertThat(letter.item()).isEqualTo("a");
			assertThat(letter.queue()).isEqualTo("test");
			assertThat(letter.cause()).hasMessage("no a");
		});
		queue.close();
	}

	@Test
	void consumerWhenTheDeadLetterQueueIsFullWaitsForRoomThere() throws Exception {
		WorkQueue<DeadLetter<String>> failed = WorkQueue.<DeadLetter<String>>builder("failed").capacity(1).build();
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters(failed).build();
		queue.consumers().forEach(DeadLetterTests::fail);
		queue.put("a");
		queue.put("b");
		Elsewhere.awaitProducers(failed, 1);
		assertThat(queue.unfinished()).isOne();

		failed.take();

		queue.join();
		assertThat(failed.take().item()).isEqualTo("b");
		assertThat(queue.getStats().lostDeadLetters()).isZero();
		queue.close();
	}

	@Test
	void deadLetterQueueThatIsClosedTakesLettersUntilItsSourceHasEnded() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		WorkQueue<DeadLetter<String>> failed = WorkQueue.<DeadLetter<String>>builder("failed").capacity(1).build();
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters(failed).build();
		QueueConsumers<DeadLetter<String>> consumers = failed.consumers().forEach((letter) -> seen.add(letter.item()));
		for (String item : List.of("a", "b", "c")) {
			queue.put(item);
		}

		failed.close();
		queue.close();
		assertThat(consumers.awaitEnd(Duration.ofMillis(20))).isFalse();
		queue.consumers().forEach(DeadLetterTests::fail);

		assertThat(consumers.awaitEnd(Duration.ofSeconds(30))).isTrue();
		assertThat(seen).containsExactly("a", "b", "c");
		assertThat(queue.getStats().lostDeadLetters()).isZero();
		failed.join();
	}

	@Test
	void deadLetterQueueEndsWithItsSourceAlsoIfThatHadNothing() throws Exception {
		WorkQueue<DeadLetter<String>> failed = WorkQueue.<DeadLetter<String>>builder("failed").build();
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters(failed).build();
		Elsewhere<DeadLetter<String>> taker = Elsewhere.take(failed);
		Elsewhere.awaitTakers(failed, 1);
		failed.close();

		queue.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(taker.result::get)
			.withCauseInstanceOf(QueueClosedException.class);
	}

	@Test
	void letterWhenTheDeadLetterQueueRefusesIsLoggedAndCounted(CapturedOutput output) throws Exception {
		WorkQueue<DeadLetter<String>> failed = WorkQueue.<DeadLetter<String>>builder("failed")
			.capacity(1)
			.whenFull(QueueOverloadPolicy.REJECT)
			.build();
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters(failed).build();
		queue.consumers().forEach(DeadLetterTests::fail);

		queue.put("a");
		queue.put("the second one");
		queue.join();

		assertThat(failed.size()).isOne();
		assertThat(queue.getStats().lostDeadLetters()).isOne();
		assertThat(queue.getStats().deadLettered()).isEqualTo(2);
		assertThat(output).contains("Queue 'test' lost a dead letter: DeadLetter[item=the second one")
			.contains("Queue 'failed' had no room for an item: 1 of 1 waiting");
		queue.close();
	}

	@Test
	void letterWhenTheHandlerFailsIsLoggedAndTheConsumerGoesOn(CapturedOutput output) throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters((letter) -> {
			throw new IOException("disk full");
		}).build();
		queue.consumers().forEach(DeadLetterTests::fail);

		queue.put("a");
		queue.put("b");
		queue.join();

		assertThat(queue.getStats().lostDeadLetters()).isEqualTo(2);
		assertThat(output).contains("lost a dead letter: DeadLetter[item=a")
			.contains("lost a dead letter: DeadLetter[item=b")
			.contains("disk full")
			.contains("no b");
		queue.close();
	}

	@Test
	void itemWhenThereIsNobodyToTakeItIsLogged(CapturedOutput output) throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").build();
		queue.consumers().forEach(DeadLetterTests::fail);

		queue.put("a");
		queue.join();

		assertThat(output).contains("Queue 'test' gave an item up: DeadLetter[item=a").contains("no a");
		assertThat(queue.getStats().lostDeadLetters()).isZero();
		queue.close();
	}

	@Test
	void itemWhenItsDeadlineHasPassedIsNotProcessed() throws Exception {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		List<DeadLetter<String>> letters = new CopyOnWriteArrayList<>();
		List<String> processed = new CopyOnWriteArrayList<>();
		WorkQueue<String> queue = WorkQueue.<String>builder("test")
			.carryDeadline(true)
			.deadLetters(letters::add)
			.timer(timer)
			.build();
		Deadline.after(Duration.ofSeconds(2), timer).<InterruptedException>run("producer", () -> queue.put("late"));
		queue.put("in time");
		timer.advance(Duration.ofSeconds(3));

		queue.consumers().forEach(processed::add);
		queue.join();

		assertThat(processed).containsExactly("in time");
		assertThat(letters).singleElement().satisfies((letter) -> {
			assertThat(letter.item()).isEqualTo("late");
			assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.EXPIRED);
			assertThat(letter.attempts()).isZero();
			assertThat(letter.cause()).isInstanceOf(DeadlineExceededException.class)
				.hasMessage("Scope 'test' exceeded its deadline: it had PT2S and took PT3S");
		});
		assertThat(queue.getStats().expired()).isOne();
		queue.close();
	}

	@Test
	void batchLeavesOutItemsWhoseDeadlineHasPassed() throws Exception {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		List<DeadLetter<String>> letters = new CopyOnWriteArrayList<>();
		List<List<String>> processed = new CopyOnWriteArrayList<>();
		WorkQueue<String> queue = WorkQueue.<String>builder("test")
			.carryDeadline(true)
			.deadLetters(letters::add)
			.timer(timer)
			.build();
		queue.put("a");
		Deadline.after(Duration.ofSeconds(2), timer).<InterruptedException>run("producer", () -> queue.put("late"));
		queue.put("b");
		timer.advance(Duration.ofSeconds(3));

		queue.consumers().batch(3).forEachBatch(processed::add);
		queue.join();

		assertThat(processed).containsExactly(List.of("a", "b"));
		assertThat(letters).extracting(DeadLetter::item).containsExactly("late");
		queue.close();
	}

	@Test
	void handlerIsInterruptedWhenTheDeadlineOfTheItemPasses() throws Exception {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		List<DeadLetter<String>> letters = new CopyOnWriteArrayList<>();
		WorkQueue<String> queue = WorkQueue.<String>builder("test")
			.carryDeadline(true)
			.deadLetters(letters::add)
			.timer(timer)
			.build();
		CountDownLatch started = new CountDownLatch(1);
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		queue.consumers().forEach((item) -> {
			seen.set(Deadline.current());
			started.countDown();
			new CountDownLatch(1).await();
		});
		Deadline.after(Duration.ofSeconds(2), timer).<InterruptedException>run("producer", () -> queue.put("slow"));
		started.await();

		timer.advance(Duration.ofSeconds(2));
		queue.join();

		assertThat(seen.get()).isNotEqualTo(Deadline.none());
		assertThat(letters).singleElement().satisfies((letter) -> {
			assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.FAILED);
			assertThat(letter.attempts()).isOne();
			assertThat(letter.cause()).isInstanceOf(DeadlineExceededException.class);
		});
		queue.close();
	}

	@Test
	void handlerWhenContextIsCarriedSeesThatOfTheProducer() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").carryContext(true).build();
		ClassLoader own = new ClassLoader(null) {
		};
		List<ClassLoader> seen = new CopyOnWriteArrayList<>();
		queue.consumers().forEach((item) -> seen.add(Thread.currentThread().getContextClassLoader()));
		ClassLoader before = Thread.currentThread().getContextClassLoader();

		Thread.currentThread().setContextClassLoader(own);
		queue.put("a");
		Thread.currentThread().setContextClassLoader(before);
		queue.put("b");
		queue.join();

		assertThat(seen).containsExactly(own, before);
		queue.close();
	}

	@Test
	void handlerWhenContextIsNotCarriedSeesNothingOfProducerOrStarter() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").build();
		List<String> seen = new CopyOnWriteArrayList<>();
		MDC.put("request", "1");
		try {
			queue.consumers().forEach((item) -> seen.add(String.valueOf(MDC.get("request"))));
			queue.put("a");
			queue.join();
		}
		finally {
			MDC.remove("request");
		}

		assertThat(seen).containsExactly("null");
		queue.close();
	}

	@Test
	void drainWhenItemsFinishInTimeIsComplete() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").deadLetters((letter) -> {
		}).build();
		for (int i = 0; i < 10; i++) {
			queue.put("item " + i);
		}
		queue.consumers().forEach((item) -> {
			if (item.endsWith("3")) {
				throw new IOException("no");
			}
		});

		QueueDrainReport<String> report = queue.drain(Duration.ofSeconds(30), Duration.ofSeconds(30));

		assertThat(report.isComplete()).isTrue();
		assertThat(report.queue()).isEqualTo("test");
		assertThat(report.processed() + report.deadLettered()).isLessThanOrEqualTo(10);
		assertThat(queue.getStats().succeeded()).isEqualTo(9);
		assertThat(queue.getStats().state()).isEqualTo(WorkQueueStats.State.STOPPED);
	}

	@Test
	void drainWhenTimeIsUpNamesWhatIsLeft() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").build();
		Semaphore gate = new Semaphore(0);
		CountDownLatch started = new CountDownLatch(1);
		queue.consumers().forEach((item) -> {
			started.countDown();
			gate.acquireUninterruptibly();
		});
		queue.put("stubborn");
		queue.put("waiting");
		started.await();

		QueueDrainReport<String> report = queue.drain(Duration.ofMillis(20), Duration.ofMillis(20));

		assertThat(report.isComplete()).isFalse();
		assertThat(report.notProcessed()).containsExactly("waiting");
		assertThat(report.abandoned()).containsExactly("stubborn");
		assertThat(report.unfinished()).isOne();
		gate.release();
		queue.join();
	}

	@Test
	void drainWhenPausedReturnsItemsWithoutDelay() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").build();
		queue.consumers().forEach((item) -> {
		});
		queue.pause();
		queue.put("a");

		QueueDrainReport<String> report = queue.drain(Duration.ofHours(1), Duration.ofSeconds(30));

		assertThat(report.notProcessed()).containsExactly("a");
	}

	@Test
	void drainWhenInterruptedEndsAtOnceAndKeepsTheFlag() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("test").build();
		queue.put("a");
		Elsewhere<QueueDrainReport<String>> drain = Elsewhere
			.call(() -> queue.drain(Duration.ofHours(1), Duration.ofHours(1)));
		Awaitility.await().until(queue::isClosed);

		drain.thread.interrupt();

		assertThat(drain.result.get().notProcessed()).containsExactly("a");
		assertThat(drain.interruptedAfterwards.get()).isTrue();
	}

	private static void fail(String item) throws IOException {
		throw new IOException("no " + item);
	}

}
