package io.asyncstarter.policy;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class PolicyEventQueueTests {

	private final Queue<Object> received = new ConcurrentLinkedQueue<>();

	private final CountDownLatch entered = new CountDownLatch(1);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final PolicyEventQueue slow = new PolicyEventQueue(2, this::receiveSlowly);

	private void receiveSlowly(Object event) {
		this.received.add(event);
		this.entered.countDown();
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@AfterEach
	void stop() {
		this.gate.countDown();
		this.slow.stop(Duration.ofSeconds(10));
	}

	@Test
	void eventsAreDeliveredInOrderOnAThreadOfTheirOwn() {
		List<Thread> threads = new CopyOnWriteArrayList<>();
		PolicyEventQueue queue = new PolicyEventQueue(1000, (event) -> {
			this.received.add(event);
			threads.add(Thread.currentThread());
		});
		queue.start();

		IntStream.range(0, 500).forEach(queue::offer);
		queue.stop(Duration.ofSeconds(10));

		assertThat(this.received)
			.containsExactlyElementsOf(IntStream.range(0, 500).<Object>mapToObj((i) -> i).toList());
		assertThat(threads).doesNotContain(Thread.currentThread())
			.allMatch(Thread::isDaemon)
			.extracting(Thread::getName)
			.containsOnly("async-policy-events");
		assertThat(queue.dropped()).isZero();
	}

	@Test
	void whenThereIsNoRoomThenEventsAreDroppedAndCountedAndNobodyWaits(CapturedOutput output) throws Exception {
		this.slow.start();
		this.slow.offer("first");
		this.entered.await();

		IntStream.range(0, 5).forEach(this.slow::offer);
		this.slow.put("transition");

		assertThat(this.slow.dropped()).isEqualTo(3);
		this.gate.countDown();
		this.slow.stop(Duration.ofSeconds(10));
		assertThat(this.received).containsExactly("first", 0, 1, "transition");
		assertThat(output)
			.contains("3 policy events were dropped so far, since listeners did not keep up; up to 2 wait");
	}

	@Test
	void whenAListenerFailsThenTheNextEventsAreDeliveredAllTheSame(CapturedOutput output) {
		PolicyEventQueue queue = new PolicyEventQueue(10, (event) -> {
			this.received.add(event);
			if (event.equals("first")) {
				throw new IllegalStateException("expected");
			}
			Thread.currentThread().interrupt();
		});
		queue.start();

		queue.offer("first");
		queue.offer("second");
		PolicyFixture.await(() -> this.received.size() == 2);
		queue.offer("third");
		queue.stop(Duration.ofSeconds(10));

		assertThat(this.received).containsExactly("first", "second", "third");
		assertThat(output).contains("A listener failed on first");
	}

	@Test
	void whenAListenerHangsThenStopGivesUpAndCountsTheRest(CapturedOutput output) throws Exception {
		this.slow.start();
		this.slow.offer("first");
		this.entered.await();
		this.slow.offer("second");
		this.slow.put("third");

		this.slow.stop(Duration.ofMillis(1));

		assertThat(this.slow.dropped()).isEqualTo(2);
		assertThat(output).contains("A listener takes too long; 2 policy events are dropped at shutdown");
		assertThat(this.received).containsExactly("first");
	}

	@Test
	void queueCanBeStartedAgain() {
		PolicyEventQueue queue = new PolicyEventQueue(10, this.received::add);
		queue.start();
		queue.offer("first");
		queue.stop(Duration.ofSeconds(10));
		queue.start();
		queue.offer("second");
		queue.stop(Duration.ofSeconds(10));

		assertThat(this.received).containsExactly("first", "second");
	}

	@Test
	void manyCallersLoseNothingThatIsNotCounted() throws Exception {
		PolicyEventQueue queue = new PolicyEventQueue(100, this.received::add);
		queue.start();
		List<Thread> callers = IntStream.range(0, 4)
			.mapToObj((caller) -> Thread.ofPlatform()
				.start(() -> IntStream.range(0, 5000).forEach((i) -> queue.offer(caller * 5000 + i))))
			.toList();
		for (Thread caller : callers) {
			caller.join();
		}
		queue.stop(Duration.ofSeconds(10));

		assertThat(this.received).doesNotHaveDuplicates();
		assertThat(this.received.size() + queue.dropped()).isEqualTo(20_000);
	}

}
