package io.asyncstarter.benchmarks.executor;

import java.lang.management.ManagementFactory;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Adds the heap that the waiting tasks keep alive to the results of
 * {@link QueuedTasksBenchmark}.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class QueueHeap {

	/**
	 * The bytes of heap that one waiting task takes: of a single iteration, its share of
	 * the mean.
	 */
	public double bytesPerTask;

	private long usedBefore;

	/**
	 * Measures the heap before the tasks are handed in.
	 * @param queue the queue, which JMH has opened before
	 */
	@Setup(Level.Iteration)
	public void before(QueuedTasksBenchmark queue) {
		this.usedBefore = used();
	}

	/**
	 * Measures the heap once all tasks wait.
	 * @param queue the queue, which JMH closes afterwards
	 * @param params tells how many iterations there are
	 */
	@TearDown(Level.Iteration)
	public void after(QueuedTasksBenchmark queue, BenchmarkParams params) {
		queue.awaitAllQueued();
		double bytesPerTask = (double) (used() - this.usedBefore) / QueuedTasksBenchmark.TASKS;
		// JMH adds up what each iteration of each fork counts, but a mean is wanted here.
		this.bytesPerTask = bytesPerTask / (params.getMeasurement().getCount() * Math.max(1, params.getForks()));
	}

	private static long used() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
