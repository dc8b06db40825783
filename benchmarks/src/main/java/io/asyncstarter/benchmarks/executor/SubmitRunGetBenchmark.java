package io.asyncstarter.benchmarks.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The way of one task: a submitter hands it in, it runs on another thread, the submitter
 * gets its result. The task does nothing, so all that is measured is the way.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SubmitRunGetBenchmark {

	private static final int MAX_CONCURRENCY = 100;

	private static final int QUEUE_CAPACITY = 1000;

	private static final Callable<Integer> TASK = () -> 42;

	@Param
	private Contender contender = Contender.BOUNDED_VIRTUAL;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private OpenExecutor executor;

	/**
	 * Opens the executor.
	 */
	@Setup
	public void open() {
		this.executor = this.contender.open(MAX_CONCURRENCY, QUEUE_CAPACITY);
	}

	/**
	 * Closes the executor.
	 */
	@TearDown
	public void close() {
		this.executor.close();
	}

	/**
	 * One submitter.
	 * @return the result of the task
	 * @throws ExecutionException if the task fails
	 * @throws InterruptedException if the submitter is interrupted
	 */
	@Benchmark
	@Threads(1)
	public Integer oneSubmitter() throws ExecutionException, InterruptedException {
		return this.executor.submit(TASK).get();
	}

	/**
	 * Eight submitters that share the executor.
	 * @return the result of the task
	 * @throws ExecutionException if the task fails
	 * @throws InterruptedException if the submitter is interrupted
	 */
	@Benchmark
	@Threads(8)
	public Integer eightSubmitters() throws ExecutionException, InterruptedException {
		return this.executor.submit(TASK).get();
	}

}
