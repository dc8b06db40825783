package io.asyncstarter.executor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Change of the limits while tasks run (CONFORMANCE X01, rule 4 of §5.1).
 */
@Timeout(60)
class LiveLimitsTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void setMaxConcurrencyWhenRaisedStartsQueuedTasksAtOnce(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 10));
		Gate gate = new Gate();
		gate.saturate(executor);

		executor.setMaxConcurrency(5);

		gate.awaitArrivals(4);
		assertThat(executor.getMaxConcurrency()).isEqualTo(5);
		assertThat(executor.getRunningCount()).isEqualTo(5);
		assertThat(executor.getQueuedCount()).isEqualTo(6);
		gate.open();
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void setMaxConcurrencyWhenLoweredLetsRunningTasksEnd(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(4, threads, 10));
		Gate first = new Gate();
		Gate second = new Gate();
		first.occupy(executor);
		for (int i = 0; i < 6; i++) {
			executor.execute(second.task());
		}

		executor.setMaxConcurrency(2);

		assertThat(executor.getRunningCount()).isEqualTo(4);
		first.open();
		second.awaitArrivals(2);
		assertThat(executor.getRunningCount()).isEqualTo(2);
		assertThat(first.interrupted()).isZero();
		second.open();
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void setMaxConcurrencyWhenLoweredAndRaisedWhileBusyLosesNobody(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(4, threads, 100));
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.setMaxConcurrency(1);
		CountDownLatch ran = new CountDownLatch(3);
		executor.execute(ran::countDown);
		executor.execute(ran::countDown);
		executor.execute(ran::countDown);

		executor.setMaxConcurrency(5);

		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		gate.open();
	}

	@Test
	void setQueueCapacityWhenLoweredTakesNoPlaceAway() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 5);
		Gate gate = new Gate();
		gate.saturate(executor);

		executor.setQueueCapacity(2);

		assertThat(executor.getQueuedCount()).isEqualTo(5);
		assertThat(executor.getQueueCapacity()).isEqualTo(2);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(gate.task()));
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.arrivals()).isEqualTo(6);
	}

	@Test
	void setLimitWhenWrongThrowsAndKeepsOld() {
		BoundedExecutor executor = this.executors.of(1, 5);

		assertThatIllegalArgumentException().isThrownBy(() -> executor.setMaxConcurrency(0))
			.withMessage("'maxConcurrency' must be at least 1 but was 0");
		assertThatIllegalArgumentException().isThrownBy(() -> executor.setQueueCapacity(-1))
			.withMessage("'queueCapacity' must not be negative but was -1");

		assertThat(executor.getMaxConcurrency()).isEqualTo(1);
		assertThat(executor.getQueueCapacity()).isEqualTo(5);
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void setMaxConcurrencyFromManyThreadsNeverExceedsGreatest(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(4, threads, 1000),
				(builder) -> builder.whenFull(OverloadPolicy.WAIT));
		AtomicInteger running = new AtomicInteger();
		AtomicInteger highest = new AtomicInteger();
		AtomicInteger runs = new AtomicInteger();
		Runnable task = () -> {
			highest.accumulateAndGet(running.incrementAndGet(), Math::max);
			Thread.onSpinWait();
			runs.incrementAndGet();
			running.decrementAndGet();
		};
		Thread[] resizers = new Thread[2];
		for (int i = 0; i < resizers.length; i++) {
			resizers[i] = Thread.ofPlatform().start(() -> {
				for (int j = 0; j < 2000; j++) {
					executor.setMaxConcurrency(ThreadLocalRandom.current().nextInt(1, 8));
				}
			});
		}

		for (int i = 0; i < 20_000; i++) {
			executor.execute(task);
		}

		for (Thread resizer : resizers) {
			resizer.join();
		}
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(20_000);
		assertThat(highest).hasValueLessThanOrEqualTo(7);
		assertThat(TestExecutors.threadsOf(executor)).hasSizeLessThanOrEqualTo(7);
	}

}
