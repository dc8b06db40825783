package io.asyncstarter.benchmarks.policy;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

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

/**
 * Retry, circuit breaker, rate limiter and bulkhead around work that does nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PipelineBenchmark {

	@Param
	private Pipeline pipeline = Pipeline.POLICY;

	private int value = 42;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private Callable<Integer> call;

	/**
	 * Puts the strategies together.
	 */
	@Setup
	public void open() {
		this.call = this.pipeline.open(() -> this.value);
	}

	/**
	 * One caller.
	 * @return the result of the work
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@Threads(1)
	public Integer oneCaller() throws Exception {
		return this.call.call();
	}

	/**
	 * Eight callers at the same time.
	 * @return the result of the work
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@Threads(8)
	public Integer eightCallers() throws Exception {
		return this.call.call();
	}

}
