package io.asyncstarter.executor;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.management.ThreadMXBean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * The contract of a single submission (CONFORMANCE G01 to G07, G23, G25, G29).
 */
@Timeout(60)
class BoundedExecutorTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void executeRunsCommandOnce(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(1);

		executor.execute(() -> {
			runs.incrementAndGet();
			done.countDown();
		});

		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(1);
		assertThat(executor.getStats().succeeded()).isEqualTo(1);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void executeRunsOnThreadNamedAfterExecutor(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);

		Thread thread = executor.submit(Thread::currentThread).get();

		assertThat(thread.getName()).startsWith(executor.getName() + "-");
		assertThat(thread.isVirtual()).isEqualTo(setting.threads() == ThreadKind.VIRTUAL);
		assertThat(thread.isDaemon()).isTrue();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void executeWhenCommandThrowsTellsHandlerAndKeepsCapacity(Setting setting) {
		List<Throwable> uncaught = new ArrayList<>();
		BoundedExecutor executor = this.executors.of(setting,
				(builder) -> builder.uncaughtExceptionHandler((thread, ex) -> {
					synchronized (uncaught) {
						uncaught.add(ex);
					}
				}));
		IllegalStateException failure = new IllegalStateException("test");

		executor.execute(() -> {
			throw failure;
		});

		TestExecutors.awaitIdle(executor);
		assertThat(uncaught).containsExactly(failure);
		assertThat(executor.getStats().failed()).isEqualTo(1);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void executeWhenCommandsThrowErrorKeepsFullCapacity(Setting setting) {
		// X07
		BoundedExecutor executor = this.executors.of(setting,
				(builder) -> builder.uncaughtExceptionHandler((thread, ex) -> {
				}));

		for (int i = 0; i < 3 * setting.limit(); i++) {
			executeUntilAccepted(executor, () -> {
				throw new OutOfMemoryError("test");
			});
		}

		TestExecutors.awaitIdle(executor);
		assertThat(executor.getStats().failed()).isEqualTo(3L * setting.limit());
	}

	@SuppressWarnings("NullAway") // what a caller without checks may do
	@Test
	void executeWhenCommandIsNullThrows() {
		BoundedExecutor executor = this.executors.of(1, 1);

		assertThatNullPointerException().isThrownBy(() -> executor.execute(null));
		assertThatNullPointerException().isThrownBy(() -> executor.submit((Runnable) null));
		assertThatNullPointerException().isThrownBy(() -> executor.submit((Callable<String>) null));
		assertThatNullPointerException().isThrownBy(() -> executor.submit(null, "result"));
		assertThatNullPointerException().isThrownBy(() -> executor.submitCompletable((Runnable) null));
		assertThatNullPointerException().isThrownBy(() -> executor.submitCompletable((Callable<String>) null));
	}

	@Test
	void executeWhenCommandIsThreadRunsIt() {
		BoundedExecutor executor = this.executors.of(1, 1);
		AtomicInteger runs = new AtomicInteger();
		Thread command = new Thread(runs::incrementAndGet);

		executor.execute(command);

		TestExecutors.eventually("run").until(() -> runs.get() == 1);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void submitReturnsResult(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);

		assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
		TestExecutors.awaitIdle(executor);
		assertThat(executor.submit(() -> {
		}, "given").get()).isEqualTo("given");
		TestExecutors.awaitIdle(executor);
		assertThat((Object) executor.submit(() -> {
		}).get()).isNull();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void submitWhenTaskThrowsFailsWithSameCause(Setting setting) {
		BoundedExecutor executor = this.executors.of(setting);
		Exception failure = new Exception("test");

		Future<?> future = executor.submit(() -> {
			throw failure;
		});

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.satisfies((ex) -> assertThat(ex.getCause()).isSameAs(failure));
	}

	@Test
	void submitWhenTaskThrowsDoesNotTellHandler() {
		AtomicInteger reports = new AtomicInteger();
		BoundedExecutor executor = this.executors.of(1, 1,
				(builder) -> builder.uncaughtExceptionHandler((thread, ex) -> reports.incrementAndGet()));

		Future<?> future = executor.submit(() -> {
			throw new IllegalStateException("test");
		});

		TestExecutors.awaitIdle(executor);
		assertThat(future.state()).isEqualTo(Future.State.FAILED);
		assertThat(reports).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void getWhenInterruptedLeavesTaskRunning(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);

		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(future::get);
		gate.open();
		assertThat(future.get()).isEqualTo("value");
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void getWhenTimedOutLeavesTaskRunning(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));

		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS));

		gate.open();
		assertThat(future.get()).isEqualTo("value");
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void submitWhenQueueHasRoomQueuesInOrder(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		gate.occupy(executor);
		List<Future<?>> futures = new ArrayList<>();
		for (int i = 0; i < setting.queue(); i++) {
			futures.add(executor.submit(() -> {
			}));
		}

		assertThat((Object) executor.getQueuedTasks()).isEqualTo(futures);
		assertThat(executor.getRunningCount()).isEqualTo(setting.limit());
		gate.open();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void submitWhenSaturatedRejectsEachForm(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		gate.saturate(executor);

		assertRejectsEachForm(executor);
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.SATURATED, 7L);
		gate.open();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void submitWhenShutDownOrTerminatedRejectsEachForm(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		gate.saturate(executor);

		executor.shutdown();
		assertRejectsEachForm(executor);
		gate.open();
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertRejectsEachForm(executor);
	}

	@Test
	void submitWhenSaturatedSaysExecutorFiguresAndLimits() throws Exception {
		BoundedExecutor executor = this.executors.of(2, 1);
		Gate gate = new Gate();
		gate.saturate(executor);

		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.execute(gate.task()))
			.withMessage("Executor '%s' is saturated: 2 of 2 running, 1 of 1 queued", executor.getName())
			.satisfies((ex) -> {
				assertThat(ex.getExecutorName()).isEqualTo(executor.getName());
				assertThat(ex.getReason()).isEqualTo(RejectionReason.SATURATED);
				assertThat(ex.getStats().running()).isEqualTo(2);
			});
		gate.open();
	}

	@Test
	void submitWhenShutDownSaysExecutor() {
		BoundedExecutor executor = this.executors.of(2, 1);
		executor.shutdown();

		assertThatExceptionOfType(ExecutorShutDownException.class).isThrownBy(() -> executor.submit(() -> 1))
			.withMessage("Executor '%s' was shut down and takes no more tasks", executor.getName())
			.satisfies((ex) -> assertThat(ex.getExecutorName()).isEqualTo(executor.getName()));
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.SHUT_DOWN, 1L);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void executeWhenRejectedAndRetriedRunsEachOnce(Setting setting) {
		// G25
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();
		Runnable recycled = runs::incrementAndGet;

		for (int i = 0; i < 1000; i++) {
			executeUntilAccepted(executor, recycled);
		}

		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(1000);
	}

	@Test
	void executeWhenOwnFutureIsRetriedAfterRejectionRunsOnce() throws Exception {
		Exposed executor = this.executors
			.manage(new Exposed(this.executors.builder().maxConcurrency(1).queueCapacity(0)));
		Gate gate = new Gate();
		AtomicInteger runs = new AtomicInteger();
		gate.occupy(executor);
		RunnableFuture<Integer> future = executor.newTaskFor(runs::incrementAndGet);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(future));

		gate.open();
		TestExecutors.awaitIdle(executor);
		executor.execute(future);
		TestExecutors.awaitIdle(executor);
		executor.execute(future);

		assertThat(future.get()).isEqualTo(1);
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(1);
	}

	@Test
	void submitWhenNewTaskForIsOverriddenReturnsThatFuture() throws Exception {
		Custom executor = this.executors.manage(new Custom(this.executors.builder().maxConcurrency(1)));

		Future<String> future = executor.submit(() -> "value");

		assertThat(future).isInstanceOf(Custom.CustomTask.class);
		assertThat(future.get()).isEqualTo("value");
	}

	@Test
	void purgeRemovesCancelledForeignFutures() throws Exception {
		Custom executor = this.executors
			.manage(new Custom(this.executors.builder().maxConcurrency(1).queueCapacity(5)));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<String> cancelled = executor.submit(() -> "cancelled");
		Future<String> kept = executor.submit(() -> "kept");
		cancelled.cancel(false);

		executor.purge();

		assertThat(executor.getQueuedTasks()).containsExactly((Runnable) kept);
		gate.open();
		assertThat(kept.get()).isEqualTo("kept");
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#queued")
	void removeWhenQueuedNeverRuns(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		Runnable command = runs::incrementAndGet;
		executor.execute(command);
		Future<?> future = executor.submit(runs::incrementAndGet);

		assertThat(executor.remove(command)).isTrue();
		assertThat(executor.remove((Runnable) future)).isTrue();

		assertThat(executor.getQueuedCount()).isZero();
		assertThat(executor.remove(command)).isFalse();
		assertThat(future.isCancelled()).isTrue();
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void removeWhenRunningReturnsFalse(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Runnable command = gate.task();
		executor.execute(command);
		gate.awaitArrivals(1);

		assertThat(executor.remove(command)).isFalse();

		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(executor.getStats().succeeded()).isEqualTo(1);
	}

	@Test
	void removeWhileTasksStartTouchesNoRunningOne() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1000);
		AtomicInteger runs = new AtomicInteger();
		int removed = 0;

		for (int i = 0; i < 5000; i++) {
			Future<?> future = executor.submit((Runnable) runs::incrementAndGet);
			if (executor.remove((Runnable) future)) {
				removed++;
			}
			else {
				// It has run, or does, and nobody has touched it.
				future.get();
			}
		}

		TestExecutors.awaitIdle(executor);
		assertThat(runs.get() + removed).isEqualTo(5000);
	}

	@Test
	void getQueuedTasksReturnsWhatWasHandedIn() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);
		Runnable command = () -> {
		};
		executor.execute(command);
		Future<?> future = executor.submit(command);

		assertThat(executor.getQueuedTasks()).containsExactly(command, (Runnable) future);
		gate.open();
	}

	@Test
	void getStatsTellsAllFigures() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 2, (builder) -> {
		});
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.execute(gate.task());
		this.executors.timer().advance(Duration.ofSeconds(3));

		BoundedExecutorStats stats = executor.getStats();

		assertThat(stats.name()).isEqualTo(executor.getName());
		assertThat(stats.running()).isEqualTo(1);
		assertThat(stats.queued()).isEqualTo(1);
		assertThat(stats.oldestQueued()).isEqualTo(Duration.ofSeconds(3));
		assertThat(stats.state()).isEqualTo(BoundedExecutorStats.State.ACTIVE);
		assertThat(executor)
			.hasToString("BoundedExecutor '%s' [ACTIVE, 1 of 1 running, 1 of 2 queued]".formatted(executor.getName()));
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(executor.getStats().completed()).isEqualTo(2);
		assertThat(executor.getStats().oldestQueued()).isNull();
	}

	@Test
	void submitNeverBlocksAndWaitingTaskNeedsNoThread() throws Exception {
		// rule 1
		BoundedExecutor executor = this.executors.of(new Setting(2, ThreadKind.PLATFORM, 100_000));
		Gate gate = new Gate();
		gate.occupy(executor);

		for (int i = 0; i < 100_000; i++) {
			executor.execute(() -> {
			});
		}

		assertThat(executor.getQueuedCount()).isEqualTo(100_000);
		assertThat(TestExecutors.threadsOf(executor)).hasSize(2);
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(TestExecutors.threadsOf(executor)).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void submitWhenQueuedAllocatesFewBytes() throws Exception {
		// rule 1: a million waiting tasks in 100 MB, 16 bytes of which are the user's
		BoundedExecutor executor = this.executors.of(1, 200_000);
		Gate gate = new Gate();
		gate.occupy(executor);
		Runnable task = () -> {
		};
		ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
		submit(executor, task, 100_000);

		long before = threads.getCurrentThreadAllocatedBytes();
		submit(executor, task, 50_000);
		long bytes = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(bytes / 50_000).isLessThanOrEqualTo(84);
		executor.shutdownNow();
		gate.open();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nobody asks for the result
	private static void submit(BoundedExecutor executor, Runnable task, int times) {
		for (int i = 0; i < times; i++) {
			executor.submit(task);
		}
	}

	@Test
	void builderWhenValueIsWrongNamesIt() {
		BoundedExecutor.Builder builder = BoundedExecutor.builder("test");

		assertThatIllegalArgumentException().isThrownBy(() -> BoundedExecutor.builder(" "))
			.withMessage("'name' must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.maxConcurrency(0))
			.withMessage("'maxConcurrency' must be at least 1 but was 0");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.queueCapacity(-1))
			.withMessage("'queueCapacity' must not be negative but was -1");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.maxWait(Duration.ofMillis(-1)))
			.withMessage("'maxWait' must not be negative but was PT-0.001S");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.queueTimeout(Duration.ZERO))
			.withMessage("'queueTimeout' must be more than zero but was PT0S");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.runTimeout(Duration.ZERO))
			.withMessage("'runTimeout' must be more than zero but was PT0S");
	}

	private void assertRejectsEachForm(BoundedExecutor executor) {
		AtomicReference<@Nullable Object> ran = new AtomicReference<>();
		Runnable runnable = () -> ran.set("ran");
		Callable<String> callable = () -> {
			runnable.run();
			return "ran";
		};
		assertRejected(() -> executor.execute(runnable));
		assertRejected(() -> executor.submit(runnable));
		assertRejected(() -> executor.submit(runnable, "result"));
		assertRejected(() -> executor.submit(callable));
		assertRejected(() -> executor.submitCompletable(callable));
		assertRejected(() -> executor.invokeAll(List.of(callable)));
		assertRejected(() -> executor.invokeAny(List.of(callable)));
		assertThat(ran).hasNullValue();
	}

	private static void assertRejected(ThrowingCallable submission) {
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(submission);
	}

	private static void executeUntilAccepted(BoundedExecutor executor, Runnable command) {
		while (true) {
			try {
				executor.execute(command);
				return;
			}
			catch (RejectedExecutionException ex) {
				Thread.onSpinWait();
			}
		}
	}

	/**
	 * Makes {@code newTaskFor} visible.
	 */
	private static final class Exposed extends BoundedExecutor {

		Exposed(Builder builder) {
			super(builder);
		}

		@Override
		protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> callable) {
			return super.newTaskFor(callable);
		}

	}

	/**
	 * Makes futures of its own.
	 */
	private static final class Custom extends BoundedExecutor {

		Custom(Builder builder) {
			super(builder);
		}

		@Override
		protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> callable) {
			return new CustomTask<>(callable);
		}

		private static final class CustomTask<T extends @Nullable Object> extends FutureTask<T> {

			CustomTask(Callable<T> callable) {
				super(callable);
			}

		}

	}

}
