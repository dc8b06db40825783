package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Makes the executors of a test and, when it has ended, checks that they leak nothing: no
 * task, no submitter, no permit, no thread, no timer entry, no interrupt. A test that has
 * left tasks behind on purpose opens their gate first.
 */
final class TestExecutors implements AfterEachCallback {

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private static final int MOST_PROBES = 8;

	private final List<BoundedExecutor> executors = new ArrayList<>();

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	/**
	 * The time of the executors that were made with {@link #manual}.
	 */
	ManualDeadlineTimer timer() {
		return this.timer;
	}

	BoundedExecutor of(Setting setting) {
		return of(setting, (builder) -> {
		});
	}

	BoundedExecutor of(Setting setting, Consumer<BoundedExecutor.Builder> customizer) {
		return of((builder) -> {
			builder.threads(setting.threads()).maxConcurrency(setting.limit()).queueCapacity(setting.queue());
			customizer.accept(builder);
		});
	}

	BoundedExecutor of(int limit, int queue) {
		return of(limit, queue, (builder) -> {
		});
	}

	BoundedExecutor of(int limit, int queue, Consumer<BoundedExecutor.Builder> customizer) {
		return of(new Setting(limit, ThreadKind.VIRTUAL, queue), customizer);
	}

	BoundedExecutor manual(int limit, int queue, Consumer<BoundedExecutor.Builder> customizer) {
		return of(limit, queue, (builder) -> customizer.accept(builder.timer(this.timer)));
	}

	BoundedExecutor of(Consumer<BoundedExecutor.Builder> customizer) {
		BoundedExecutor.Builder builder = builder();
		customizer.accept(builder);
		return manage(builder.build());
	}

	BoundedExecutor.Builder builder() {
		return BoundedExecutor.builder("test-%d".formatted(NUMBERS.incrementAndGet()));
	}

	<E extends BoundedExecutor> E manage(E executor) {
		this.executors.add(executor);
		return executor;
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		boolean interrupted = Thread.interrupted();
		for (BoundedExecutor executor : this.executors) {
			awaitIdle(executor);
			if (!executor.isShutdown()) {
				probe(executor);
			}
			executor.shutdown();
			assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
			awaitNoThreads(executor);
		}
		assertThat(interrupted).as("interrupt flag").isFalse();
		eventually("timer entries").untilAsserted(() -> assertThat(this.timer.armed()).isZero());
	}

	static void awaitIdle(BoundedExecutor executor) {
		eventually("idle").untilAsserted(() -> {
			BoundedExecutorStats stats = executor.getStats();
			assertThat(stats.running()).as("running").isZero();
			assertThat(stats.queued()).as("queued").isZero();
			assertThat(stats.waitingSubmitters()).as("waiting").isZero();
		});
	}

	/**
	 * Checks that exactly as many tasks as allowed can run.
	 */
	static void probe(BoundedExecutor executor) throws InterruptedException {
		if (executor.getMaxConcurrency() > MOST_PROBES) {
			executor.setMaxConcurrency(MOST_PROBES);
		}
		executor.setQueueCapacity(1);
		int limit = executor.getMaxConcurrency();
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.execute(gate.task());
		assertThat(executor.getRunningCount()).as("probe running").isEqualTo(limit);
		assertThat(executor.getQueuedCount()).as("probe queued").isEqualTo(1);
		gate.open();
		awaitIdle(executor);
		assertThat(gate.arrivals()).as("probe runs").isEqualTo(limit + 1);
	}

	private static void awaitNoThreads(BoundedExecutor executor) {
		eventually("no threads").untilAsserted(() -> assertThat(threadsOf(executor)).isEmpty());
	}

	/**
	 * Looks often, so that a suite of small tests is quick.
	 */
	static ConditionFactory eventually(String what) {
		return await(what).dontCatchUncaughtExceptions()
			.atMost(Duration.ofSeconds(20))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2));
	}

	/**
	 * The live platform threads of an executor.
	 */
	static List<Thread> threadsOf(BoundedExecutor executor) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(executor.getName() + "-"))
			.toList();
	}

}
