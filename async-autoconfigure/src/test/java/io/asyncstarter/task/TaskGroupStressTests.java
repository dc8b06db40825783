package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.ThreadKind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random trees of groups on several threads at once, which are interrupted at random. In
 * the end there is nothing left: no thread, no group, no timer entry, no failure that was
 * not told.
 */
@Timeout(120)
class TaskGroupStressTests {

	private static final Log logger = LogFactory.getLog(TaskGroupStressTests.class);

	private static final int OWNERS = 3;

	private static final Duration TIME = Duration.ofMillis(1200);

	private final CountingTimer timer = new CountingTimer();

	private final Tasks tasks = Tasks.builder().timer(this.timer).build();

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();

	private final LongAdder nodes = new LongAdder();

	static Stream<Setting> settings() {
		return Stream.of(new Setting("virtual threads of the groups' own", null),
				new Setting("virtual executor",
						BoundedExecutor.builder("virtual").maxConcurrency(3).queueCapacity(1000)),
				new Setting("saturated platform executor",
						BoundedExecutor.builder("platform")
							.threads(ThreadKind.PLATFORM)
							.maxConcurrency(2)
							.queueCapacity(2)),
				new Setting("caller runs",
						BoundedExecutor.builder("caller-runs")
							.maxConcurrency(2)
							.queueCapacity(1)
							.whenFull(OverloadPolicy.CALLER_RUNS)));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void randomTreesLeaveNothingBehind(Setting setting) throws Exception {
		BoundedExecutor executor = (setting.executor() != null) ? setting.executor().timer(this.timer).build() : null;
		long seed = System.nanoTime();
		logger.info("Random trees on %s with seed %d".formatted(setting, seed));
		AtomicBoolean stopped = new AtomicBoolean();
		List<Thread> owners = new ArrayList<>();
		for (int i = 0; i < OWNERS; i++) {
			Random random = new Random(seed + i);
			owners.add(Thread.ofPlatform().start(() -> growTrees(random, executor, stopped)));
		}
		Thread interrupter = Thread.ofPlatform().start(() -> interruptAtRandom(new Random(seed), owners, stopped));
		interrupter.join();
		for (Thread owner : owners) {
			owner.join();
		}

		assertThat(this.broken).as("seed %d", seed).isEmpty();
		assertThat(this.tasks.tree().roots()).isEmpty();
		TestTasks.eventually("threads to end").until(() -> this.threads.stream().noneMatch(Thread::isAlive));
		if (executor != null) {
			TestTasks.eventually("executor to be idle")
				.until(() -> executor.getRunningCount() == 0 && executor.getQueuedCount() == 0);
			executor.close();
		}
		TestTasks.eventually("timers to be disarmed").until(() -> this.timer.armed() == 0);
		assertThat(this.nodes.sum()).isGreaterThan(100);
	}

	private void growTrees(Random random, @Nullable BoundedExecutor executor, AtomicBoolean stopped) {
		while (!stopped.get() && this.broken.isEmpty()) {
			try {
				new RandomTree(this.tasks, executor, this.threads, this.broken, this.nodes).run(random.nextLong());
			}
			catch (InterruptedException ex) {
				// that was the interrupter
			}
			catch (Throwable ex) {
				this.broken.add(ex);
			}
			if (!Deadline.current().isUnbounded()) {
				this.broken.add(new AssertionError("deadline left behind"));
			}
			this.threads.removeIf((thread) -> !thread.isAlive());
			Thread.interrupted();
		}
	}

	private void interruptAtRandom(Random random, List<Thread> owners, AtomicBoolean stopped) {
		long end = System.nanoTime() + TIME.toNanos();
		while (System.nanoTime() < end && this.broken.isEmpty()) {
			LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(5000)));
			owners.get(random.nextInt(owners.size())).interrupt();
		}
		stopped.set(true);
	}

	/**
	 * What runs the tasks.
	 *
	 * @param name its name
	 * @param executor builds the executor, or {@code null} for none
	 */
	record Setting(String name, BoundedExecutor.@Nullable Builder executor) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
