package io.asyncstarter.benchmarks.measure;

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
 * The CPU time of all threads for each operation of an iteration: what else the machine
 * does changes it little.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class CpuTime {

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	/**
	 * The nanoseconds of CPU time for an operation: of a single iteration, its share of
	 * the mean.
	 */
	public double cpuNanosPerOperation;

	private long start;

	private long operations;

	/**
	 * Starts to measure.
	 */
	@Setup(Level.Iteration)
	public void start() {
		this.start = SYSTEM.getProcessCpuTime();
		this.operations = 0;
	}

	/**
	 * Adds what was done.
	 * @param operations how many operations
	 */
	public void add(int operations) {
		this.operations += operations;
	}

	/**
	 * Ends to measure.
	 * @param params tells how many iterations there are
	 */
	@TearDown(Level.Iteration)
	public void stop(BenchmarkParams params) {
		double cpuNanosPerOperation = (double) (SYSTEM.getProcessCpuTime() - this.start) / Math.max(1, this.operations);
		// JMH adds up what each iteration of each fork counts, but a mean is wanted here.
		this.cpuNanosPerOperation = cpuNanosPerOperation
				/ (params.getMeasurement().getCount() * Math.max(1, params.getForks()));
	}

}
