package io.asyncstarter.policy;

import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.StreamsTck;

/**
 * The publishers of {@link Policy#flux} and {@link Policy#mono} keep the rules of
 * Reactive Streams.
 */
@Timeout(120)
class PolicyTckTests {

	private static final long TIMEOUT_MILLIS = 2_000;

	private static final long SILENCE_MILLIS = 20;

	@TestFactory
	Stream<DynamicTest> flux() {
		return StreamsTck.tests(FluxVerification::new);
	}

	@TestFactory
	Stream<DynamicTest> mono() {
		return StreamsTck.tests(MonoVerification::new);
	}

	private static Policy policy() {
		return Policy.builder("test")
			.deadline(Duration.ofMinutes(1))
			.timeout(Duration.ofSeconds(50))
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ofMillis(1)))
			.bulkhead(10, Duration.ZERO)
			.build();
	}

	/**
	 * Verifies a flux.
	 */
	private static final class FluxVerification extends PublisherVerification<Long> {

		FluxVerification() {
			super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
		}

		@Override
		public Publisher<Long> createPublisher(long elements) {
			return policy().flux(Flux.<Long, Long>generate(() -> 0L, (number, sink) -> {
				if (number == elements) {
					sink.complete();
				}
				else {
					sink.next(number);
				}
				return number + 1;
			}));
		}

		@Override
		public Publisher<Long> createFailedPublisher() {
			return policy().flux(Flux.<Long>error(new IllegalStateException("failed")));
		}

	}

	/**
	 * Verifies a mono.
	 */
	private static final class MonoVerification extends PublisherVerification<Long> {

		MonoVerification() {
			super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
		}

		@Override
		public Publisher<Long> createPublisher(long elements) {
			return policy().mono((elements > 0) ? Mono.just(1L) : Mono.empty());
		}

		@Override
		public Publisher<Long> createFailedPublisher() {
			return policy().mono(Mono.<Long>error(new IllegalStateException("failed")));
		}

		@Override
		public long maxElementsFromPublisher() {
			return 1;
		}

	}

}
