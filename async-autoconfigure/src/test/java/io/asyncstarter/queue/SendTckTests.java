package io.asyncstarter.queue;

import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

import io.asyncstarter.StreamsTck;

/**
 * The publishers of {@link ReactiveWorkQueue#send} keep the rules of Reactive Streams, be
 * there room or not. They have no elements, so that part of the TCK does not apply.
 */
@Timeout(120)
class SendTckTests {

	private static final long TIMEOUT_MILLIS = 2_000;

	private static final long SILENCE_MILLIS = 20;

	private final WorkQueue<String> queue = WorkQueue.<String>builder("test").capacity(1).build();

	@AfterEach
	void shutDown() {
		this.queue.shutdownNow();
	}

	@TestFactory
	Stream<DynamicTest> whenThereIsRoom() {
		WorkQueue<String> roomy = WorkQueue.<String>builder("test").unbounded().build();
		return StreamsTck.tests(() -> new Verification(roomy));
	}

	@TestFactory
	Stream<DynamicTest> whenTheItemHasToWait() {
		this.queue.send("first");
		this.queue.consumers().forEach((item) -> Thread.yield());
		return StreamsTck.tests(() -> new Verification(this.queue));
	}

	/**
	 * Verifies what sends an item.
	 */
	private static final class Verification extends PublisherVerification<Void> {

		private final WorkQueue<String> queue;

		Verification(WorkQueue<String> queue) {
			super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
			this.queue = queue;
		}

		@Override
		public Publisher<Void> createPublisher(long elements) {
			return this.queue.reactive().send("item");
		}

		@Override
		public Publisher<Void> createFailedPublisher() {
			WorkQueue<String> closed = WorkQueue.<String>builder("closed").build();
			closed.close();
			return closed.reactive().send("item");
		}

		@Override
		public long maxElementsFromPublisher() {
			return 0;
		}

	}

}
