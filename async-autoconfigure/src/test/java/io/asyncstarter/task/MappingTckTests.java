package io.asyncstarter.task;

import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Mono;

import io.asyncstarter.StreamsTck;

/**
 * The publishers of {@link TaskMapping#flux} and {@link ReactiveTasks#map} keep the rules
 * of Reactive Streams.
 */
@Timeout(120)
class MappingTckTests {

	private static final long TIMEOUT_MILLIS = 2_000;

	private static final long SILENCE_MILLIS = 20;

	private final Tasks tasks = Tasks.create();

	@TestFactory
	Stream<DynamicTest> mappingOfWorkThatBlocks() {
		return StreamsTck
			.tests(() -> new Verification((items, limit) -> this.tasks.mapping(items, limit, (item) -> item).flux()));
	}

	@TestFactory
	Stream<DynamicTest> mappingInTheOrderOfCompletion() {
		return StreamsTck.tests(() -> new Verification(
				(items, limit) -> this.tasks.mapping(items, limit, (item) -> item).unordered().flux()));
	}

	@TestFactory
	Stream<DynamicTest> mappingOfMonos() {
		return StreamsTck
			.tests(() -> new Verification((items, limit) -> this.tasks.reactive().map(items, limit, Mono::just)));
	}

	/**
	 * Verifies a mapping.
	 */
	private static final class Verification extends PublisherVerification<Long> {

		private final BiFunction<Iterable<Long>, Integer, Publisher<Long>> mapping;

		Verification(BiFunction<Iterable<Long>, Integer, Publisher<Long>> mapping) {
			super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
			this.mapping = mapping;
		}

		@Override
		public Publisher<Long> createPublisher(long elements) {
			return this.mapping.apply(() -> LongStream.range(0, elements).iterator(), 3);
		}

		@Override
		public Publisher<Long> createFailedPublisher() {
			return this.mapping.apply(() -> {
				throw new IllegalStateException("no items");
			}, 3);
		}

	}

}
