package io.asyncstarter.benchmarks.task;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

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

import io.asyncstarter.benchmarks.measure.CpuTime;

/**
 * Children that do nothing are forked and joined: what one of them costs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "--enable-preview")
@Threads(1)
public class ForkJoinBenchmark {

	private static final int FEW = 10;

	private static final int MANY = 1000;

	@Param
	private ForkJoin way = ForkJoin.TASK_GROUP;

	private int value = 42;

	private final Callable<Integer> work = () -> this.value;

	/**
	 * Ten children.
	 * @param cpu takes the CPU time
	 * @return the sum of the results
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@OperationsPerInvocation(FEW)
	public long tenChildren(CpuTime cpu) throws Exception {
		cpu.add(FEW);
		return forkAndJoin(FEW);
	}

	/**
	 * A thousand children.
	 * @param cpu takes the CPU time
	 * @return the sum of the results
	 * @throws Exception if the work fails
	 */
	@Benchmark
	@OperationsPerInvocation(MANY)
	public long thousandChildren(CpuTime cpu) throws Exception {
		cpu.add(MANY);
		return forkAndJoin(MANY);
	}

	private long forkAndJoin(int count) throws Exception {
		try (Children children = this.way.open()) {
			for (int i = 0; i < count; i++) {
				children.fork(this.work);
			}
			return children.join();
		}
	}

}
