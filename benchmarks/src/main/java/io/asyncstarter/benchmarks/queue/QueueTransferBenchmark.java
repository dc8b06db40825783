package io.asyncstarter.benchmarks.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
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

/**
 * Items from producers to consumers that do nothing with them, through the same threads:
 * what it takes for one item.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(QueueTransferBenchmark.ITEMS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class QueueTransferBenchmark {

	/**
	 * How many items there are.
	 */
	public static final int ITEMS = 240_000;

	private static final Object ITEM = "item";

	private static final Object END = "end";

	@Param({ "WORK_QUEUE", "WORK_QUEUE_MEASURED", "ARRAY_BLOCKING_QUEUE", "JOX_CHANNEL" })
	private QueueContender contender = QueueContender.WORK_QUEUE;

	@Param({ "16", "1000" })
	private int capacity;

	@Param({ "1", "4" })
	private int producers;

	@Param({ "1", "3", "8" })
	private int consumers;

	@Param({ "PLATFORM", "VIRTUAL" })
	private ThreadsOf threads = ThreadsOf.PLATFORM;

	/**
	 * Brings all items across.
	 * @throws InterruptedException if the thread is interrupted
	 */
	@Benchmark
	public void transfer() throws InterruptedException {
		Transfer transfer = this.contender.open(this.capacity);
		List<Thread> putting = new ArrayList<>();
		List<Thread> taking = new ArrayList<>();
		for (int i = 0; i < this.producers; i++) {
			putting.add(start(() -> put(transfer, ITEMS / this.producers)));
		}
		for (int i = 0; i < this.consumers; i++) {
			taking.add(start(() -> take(transfer)));
		}
		for (Thread thread : putting) {
			thread.join();
		}
		for (int i = 0; i < this.consumers; i++) {
			transfer.put(END);
		}
		for (Thread thread : taking) {
			thread.join();
		}
	}

	private Thread start(Part part) {
		Thread thread = this.threads.factory.newThread(() -> {
			try {
				part.run();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		thread.start();
		return thread;
	}

	private static void put(Transfer transfer, int items) throws InterruptedException {
		for (int i = 0; i < items; i++) {
			transfer.put(ITEM);
		}
	}

	private static void take(Transfer transfer) throws InterruptedException {
		Object item;
		do {
			item = transfer.take();
		}
		while (!item.equals(END));
	}

	/**
	 * The kinds of threads.
	 */
	public enum ThreadsOf {

		/**
		 * Platform threads.
		 */
		PLATFORM(Thread.ofPlatform().factory()),

		/**
		 * Virtual threads.
		 */
		VIRTUAL(Thread.ofVirtual().factory());

		@SuppressWarnings("ImmutableEnumChecker") // the JDK's factories of unnamed
													// threads have no state
		private final ThreadFactory factory;

		ThreadsOf(ThreadFactory factory) {
			this.factory = factory;
		}

	}

	/**
	 * What a thread does.
	 */
	private interface Part {

		void run() throws InterruptedException;

	}

}
