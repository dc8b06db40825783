package io.asyncstarter.benchmarks.task;

import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The CPU time of all threads for each child of an iteration: what else the machine does
 * changes it little.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class ChildCpuTime {

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	/**
	 * The nanoseconds of CPU time for a child: of a single iteration, its share of the
	 * mean.
	 */
	public double cpuNanosPerChild;

	private long start;

	private long children;

	/**
	 * Starts to measure.
	 */
	@Setup(Level.Iteration)
	public void start() {
		this.start = SYSTEM.getProcessCpuTime();
		this.children = 0;
	}

	void add(int children) {
		this.children += children;
	}

	/**
	 * Ends to measure.
	 * @param params tells how many iterations there are
	 */
	@TearDown(Level.Iteration)
	public void stop(BenchmarkParams params) {
		double cpuNanosPerChild = (double) (SYSTEM.getProcessCpuTime() - this.start) / Math.max(1, this.children);
		// JMH adds up what each iteration of each fork counts, but a mean is wanted here.
		this.cpuNanosPerChild = cpuNanosPerChild
				/ (params.getMeasurement().getCount() * Math.max(1, params.getForks()));
	}

}
