package io.asyncstarter.executor;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tasks that wait for tasks of their own executor in a way that cannot be helped (rule 6
 * of §5.1).
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class StallDetectorTests {

	private static final Duration PERIOD = Duration.ofSeconds(1);

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	private final ManualDeadlineTimer timer = this.executors.timer();

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void watchWhenAllTasksWaitForTheirOwnWarnsOnceAndCounts(ThreadKind threads, CapturedOutput output) {
		BoundedExecutor executor = this.executors.manual(2, 10, (builder) -> builder.threads(threads));
		CountDownLatch bothRun = new CountDownLatch(2);
		Future<?> first = executor.submit(() -> joinNested(executor, bothRun));
		Future<?> second = executor.submit(() -> joinNested(executor, bothRun));
		awaitBlocked(executor, 2);

		lookAgain();

		TestExecutors.eventually("stall").until(() -> executor.getStats().stalls() == 1);
		lookAgain();
		lookAgain();
		assertThat(executor.getStats().stalls()).isEqualTo(1);
		assertThat(output).contains("BoundedExecutor '%s' [ACTIVE, 2 of 2 running, 2 of 10 queued] seems to be stalled"
			.formatted(executor.getName()));
		assertThat(output).contains("joinNested").contains("get() or join() on the future that this executor returned");
		assertThat(output.toString().split("seems to be stalled", -1)).hasSize(2);
		executor.setMaxConcurrency(3);
		TestExecutors.eventually("done").until(() -> first.isDone() && second.isDone());
	}

	@Test
	void watchWhenNestedTaskIsJoinedInPlaceCountsNothing() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10, (builder) -> {
		});
		Gate gate = new Gate();
		Future<?> outer = executor.submit(() -> executor.submit(gate.task()).get());
		gate.awaitArrivals(1);

		lookAgain();
		lookAgain();

		assertThat(executor.getStats().stalls()).isZero();
		gate.open();
		outer.get();
	}

	@Test
	void watchWhenNestedTaskIsFireAndForgetAndOuterWorksCountsNothing() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10, (builder) -> {
		});
		CountDownLatch end = new CountDownLatch(1);
		Future<?> outer = executor.submit(() -> {
			executor.execute(() -> {
			});
			while (end.getCount() > 0) {
				// like work that waits for a socket: parked, but not by
				// java.util.concurrent
				LockSupport.parkNanos(1_000_000);
			}
		});
		TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == 1);

		lookAgain();
		lookAgain();

		assertThat(executor.getStats().stalls()).isZero();
		end.countDown();
		outer.get();
	}

	@Test
	void watchWhenOneTaskCanGoOnCountsNothing() throws Exception {
		BoundedExecutor executor = this.executors.manual(2, 10, (builder) -> {
		});
		Gate gate = new Gate();
		executor.execute(gate.task());
		gate.awaitArrivals(1);
		Future<?> outer = executor.submit(() -> joinNested(executor, new CountDownLatch(0)));
		TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == 1);

		assertThat(this.timer.armed()).isZero();

		assertThat(executor.getStats().stalls()).isZero();
		gate.open();
		outer.get();
	}

	@Test
	void watchWhenTaskBlocksOnlyLaterWarnsThen() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10, (builder) -> {
		});
		CountDownLatch join = new CountDownLatch(1);
		Future<?> outer = executor.submit(() -> {
			CompletableFuture<Void> nested = CompletableFuture.runAsync(() -> {
			}, executor);
			while (join.getCount() > 0) {
				LockSupport.parkNanos(1_000_000);
			}
			nested.join();
		});
		TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == 1);
		lookAgain();
		join.countDown();
		awaitBlocked(executor, 1);

		lookAgain();

		TestExecutors.eventually("stall").until(() -> executor.getStats().stalls() == 1);
		executor.setMaxConcurrency(2);
		outer.get();
	}

	private static void joinNested(BoundedExecutor executor, CountDownLatch bothRun) {
		bothRun.countDown();
		try {
			bothRun.await();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		CompletableFuture.allOf(CompletableFuture.runAsync(() -> {
		}, executor)).join();
	}

	/**
	 * Waits until all tasks have submitted theirs and are blocked.
	 */
	private void awaitBlocked(BoundedExecutor executor, int count) {
		TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == count);
		TestExecutors.eventually("watched").until(() -> this.timer.armed() == 1);
		TestExecutors.eventually("blocked").until(() -> executor.stalls().isAllBlocked());
	}

	private void lookAgain() {
		TestExecutors.eventually("watched").until(() -> this.timer.armed() <= 1);
		this.timer.advance(PERIOD);
		TestExecutors.eventually("looked").until(() -> this.timer.armed() <= 1);
	}

}
