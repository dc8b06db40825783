package io.asyncstarter.benchmarks.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A million tasks behind a hundred that do not end: what it costs the submitter to hand
 * one in, and how much heap it takes while it waits. The executor is a new one each time,
 * and the waiting tasks run once all has been measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(QueuedTasksBenchmark.TASKS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(value = 2, jvmArgsAppend = { "-Xms3g", "-Xmx3g", "-XX:+AlwaysPreTouch" })
public class QueuedTasksBenchmark {

	/**
	 * How many tasks wait.
	 */
	public static final int TASKS = 1_000_000;

	private static final int MAX_CONCURRENCY = 100;

	private static final Callable<Integer> TASK = () -> 42;

	@Param({ "BOUNDED_VIRTUAL", "BOUNDED_PLATFORM", "THREAD_POOL_TASK_EXECUTOR", "SEMAPHORE_IN_VIRTUAL_THREADS" })
	private Contender contender = Contender.BOUNDED_VIRTUAL;

	private CountDownLatch gate = new CountDownLatch(1);

	@SuppressWarnings("NullAway.Init") // JMH calls openAndFill() first
	private OpenExecutor executor;

	/**
	 * Opens an executor and keeps all its permits taken.
	 * @param blackhole where the futures go
	 * @throws InterruptedException if the thread is interrupted
	 */
	@Setup(Level.Iteration)
	public void openAndFill(Blackhole blackhole) throws InterruptedException {
		CountDownLatch running = new CountDownLatch(MAX_CONCURRENCY);
		CountDownLatch gate = new CountDownLatch(1);
		this.gate = gate;
		this.executor = this.contender.open(MAX_CONCURRENCY, TASKS);
		for (int i = 0; i < MAX_CONCURRENCY; i++) {
			blackhole.consume(this.executor.submit(() -> {
				running.countDown();
				gate.await();
				return 0;
			}));
		}
		running.await();
	}

	/**
	 * Lets all tasks run and closes the executor.
	 */
	@TearDown(Level.Iteration)
	public void runAllAndClose() {
		this.gate.countDown();
		this.executor.close();
	}

	/**
	 * Hands the million tasks in.
	 * @param heap takes the heap's measure before and after
	 * @param blackhole where the futures go
	 */
	@Benchmark
	public void submit(QueueHeap heap, Blackhole blackhole) {
		OpenExecutor executor = this.executor;
		for (int i = 0; i < TASKS; i++) {
			blackhole.consume(executor.submit(TASK));
		}
	}

	/**
	 * Waits until all tasks wait: each virtual thread needs its turn to get that far.
	 */
	void awaitAllQueued() {
		long start = System.nanoTime();
		while (this.executor.countQueued() != TASKS) {
			if (System.nanoTime() - start > TimeUnit.MINUTES.toNanos(1)) {
				throw new IllegalStateException("Only %d tasks wait".formatted(this.executor.countQueued()));
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
	}

}
