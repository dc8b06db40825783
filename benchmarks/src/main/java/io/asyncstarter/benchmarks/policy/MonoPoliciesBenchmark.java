package io.asyncstarter.benchmarks.policy;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

/**
 * Retry, circuit breaker, rate limiter, bulkhead and timeout around a mono that has its
 * element at once: subscribe and take the element.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MonoPoliciesBenchmark {

	@Param
	private MonoPolicies policies = MonoPolicies.POLICY;

	private int value = 42;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private Mono<Integer> mono;

	/**
	 * Puts the strategies together.
	 */
	@Setup
	public void open() {
		this.mono = this.policies.open(Mono.fromCallable(() -> this.value));
	}

	/**
	 * One subscriber.
	 * @return the element
	 */
	@Benchmark
	@Threads(1)
	public @Nullable Integer oneCaller() {
		return this.mono.block();
	}

	/**
	 * Eight subscribers at the same time.
	 * @return the element
	 */
	@Benchmark
	@Threads(8)
	public @Nullable Integer eightCallers() {
		return this.mono.block();
	}

}
