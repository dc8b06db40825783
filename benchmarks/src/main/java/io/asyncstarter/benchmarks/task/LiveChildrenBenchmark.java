package io.asyncstarter.benchmarks.task;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A hundred thousand children that wait for something: what it costs to fork one until it
 * waits, and how much heap it takes as long as it does, its thread's stack included.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(LiveChildrenBenchmark.CHILDREN)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(value = 2, jvmArgsAppend = { "--enable-preview", "-Xms2g", "-Xmx2g" })
@Threads(1)
public class LiveChildrenBenchmark {

	/**
	 * How many children wait.
	 */
	public static final int CHILDREN = 100_000;

	@Param({ "TASK_GROUP", "THREADS_AND_FUTURES", "EXECUTOR_AND_FUTURES", "STRUCTURED_TASK_SCOPE" })
	private ForkJoin way = ForkJoin.TASK_GROUP;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private Children children;

	private CountDownLatch gate = new CountDownLatch(1);

	private CountDownLatch waiting = new CountDownLatch(1);

	/**
	 * Opens what the children are forked in.
	 */
	@Setup(Level.Iteration)
	public void open() {
		this.gate = new CountDownLatch(1);
		this.waiting = new CountDownLatch(CHILDREN);
		this.children = this.way.open();
	}

	/**
	 * Lets all children end.
	 * @throws Exception if one has failed
	 */
	@TearDown(Level.Iteration)
	public void joinAndClose() throws Exception {
		this.gate.countDown();
		this.children.join();
		this.children.close();
	}

	/**
	 * Forks all children.
	 * @param heap takes the heap's measure before and after
	 * @throws InterruptedException if the thread is interrupted
	 */
	@Benchmark
	public void fork(LiveHeap heap) throws InterruptedException {
		CountDownLatch gate = this.gate;
		CountDownLatch waiting = this.waiting;
		Callable<Integer> work = () -> {
			waiting.countDown();
			gate.await();
			return 0;
		};
		for (int i = 0; i < CHILDREN; i++) {
			this.children.fork(work);
		}
		waiting.await();
	}

}
