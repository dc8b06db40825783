package io.asyncstarter.benchmarks.task;

import java.lang.management.ManagementFactory;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Adds the heap that the waiting children keep alive to the results of
 * {@link LiveChildrenBenchmark}.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class LiveHeap {

	/**
	 * The bytes of heap that one waiting child takes: of a single iteration, its share of
	 * the mean.
	 */
	public double bytesPerChild;

	private long usedBefore;

	/**
	 * Measures the heap before there are children.
	 * @param benchmark the benchmark, which JMH has opened before
	 */
	@Setup(Level.Iteration)
	public void before(LiveChildrenBenchmark benchmark) {
		this.usedBefore = used();
	}

	/**
	 * Measures the heap once all children wait.
	 * @param benchmark the benchmark, which JMH closes afterwards
	 * @param params tells how many iterations there are
	 */
	@TearDown(Level.Iteration)
	public void after(LiveChildrenBenchmark benchmark, BenchmarkParams params) {
		double bytesPerChild = (double) (used() - this.usedBefore) / LiveChildrenBenchmark.CHILDREN;
		// JMH adds up what each iteration of each fork counts, but a mean is wanted here.
		this.bytesPerChild = bytesPerChild / (params.getMeasurement().getCount() * Math.max(1, params.getForks()));
	}

	private static long used() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
