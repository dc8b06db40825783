package io.asyncstarter.benchmarks.task;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ten thousand items, a hundred of them at a time: the time an item takes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@Threads(1)
public class BoundedMapBenchmark {

	private static final int ITEMS = 10_000;

	private static final int LIMIT = 100;

	@Param
	private BoundedMap map = BoundedMap.TASKS_STREAM;

	/**
	 * Work that does nothing.
	 * @return the sum of the results
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@OperationsPerInvocation(ITEMS)
	public long trivialWork() throws Exception {
		return this.map.sum(ITEMS, LIMIT, (item) -> item);
	}

	/**
	 * Work that waits for a millisecond.
	 * @return the sum of the results
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@OperationsPerInvocation(ITEMS)
	public long waitingWork() throws Exception {
		IntUnaryOperator waiting = (item) -> {
			LockSupport.parkNanos(1_000_000);
			return item;
		};
		return this.map.sum(ITEMS, LIMIT, waiting);
	}

}
