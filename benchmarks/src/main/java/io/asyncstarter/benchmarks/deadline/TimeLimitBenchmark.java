package io.asyncstarter.benchmarks.deadline;

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
 * A time limit of one second around work that does nothing: arm, work, disarm.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TimeLimitBenchmark {

	@Param
	private TimeLimit limit = TimeLimit.DEADLINE_WITHIN;

	private int value = 42;

	private final Callable<Integer> work = () -> this.value;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private TimeLimit.LimitedCall limited;

	/**
	 * Prepares what limits the time.
	 */
	@Setup
	public void open() {
		this.limited = this.limit.open();
	}

	/**
	 * One caller.
	 * @return the result of the work
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@Threads(1)
	public Integer oneCaller() throws Exception {
		return this.limited.call(this.work);
	}

	/**
	 * Eight callers at the same time.
	 * @return the result of the work
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@Threads(8)
	public Integer eightCallers() throws Exception {
		return this.limited.call(this.work);
	}

}
