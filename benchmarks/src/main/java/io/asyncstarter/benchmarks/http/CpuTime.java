package io.asyncstarter.benchmarks.http;

import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The CPU time of this process for each request of an iteration.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class CpuTime {

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private long start;

	private long requests;

	/**
	 * Starts to measure.
	 */
	@Setup(Level.Iteration)
	public void start() {
		this.start = SYSTEM.getProcessCpuTime();
		this.requests = 0;
	}

	void add(int requests) {
		this.requests += requests;
	}

	/**
	 * Returns the figure that JMH shows, as an average of the iterations.
	 * @return nanoseconds of CPU time for a request
	 */
	public double cpuNanosPerRequest() {
		return (this.requests > 0) ? (double) (SYSTEM.getProcessCpuTime() - this.start) / this.requests : 0;
	}

}
