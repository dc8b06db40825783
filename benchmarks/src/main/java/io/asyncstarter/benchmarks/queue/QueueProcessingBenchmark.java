package io.asyncstarter.benchmarks.queue;

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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Items from one producer that are processed until the last one is done, singly and in
 * batches: what it takes for one item.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(QueueProcessingBenchmark.ITEMS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class QueueProcessingBenchmark {

	/**
	 * How many items there are.
	 */
	public static final int ITEMS = 200_000;

	@Param
	private QueueProcessingContender contender = QueueProcessingContender.WORK_QUEUE;

	@Param({ "16", "1000" })
	private int capacity;

	@Param({ "1", "4" })
	private int consumers;

	/**
	 * Has all items be processed.
	 * @param blackhole what the handler does with them
	 * @throws InterruptedException if the thread is interrupted
	 */
	@Benchmark
	public void process(Blackhole blackhole) throws InterruptedException {
		this.contender.process(this.capacity, this.consumers, ITEMS, blackhole);
	}

}
