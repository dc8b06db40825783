package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The end of an executor (CONFORMANCE G19, G21, G31, G33, X03, X05, rule 3 of §5.1).
 */
@Timeout(60)
class ExecutorShutdownTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void shutdownGoesThroughStates(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		executor.execute(gate.task());
		gate.awaitArrivals(1);
		assertThat(executor.isShutdown()).isFalse();
		assertThat(executor.isTerminated()).isFalse();

		executor.shutdown();

		assertThat(executor.isShutdown()).isTrue();
		assertThat(executor.isTerminated()).isFalse();
		assertThat(executor.getStats().state()).isEqualTo(BoundedExecutorStats.State.SHUTTING_DOWN);
		assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
		gate.open();
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(executor.isTerminated()).isTrue();
		assertThat(executor.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
		assertThat(gate.interrupted()).isZero();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void refuseOutsidersStillTakesTasksOfTasks(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		BoundedExecutor other = this.executors.of(setting);
		Gate gate = new Gate();
		Future<Future<Integer>> task = other.submit(() -> {
			gate.pass();
			return executor.submit(() -> 42);
		});
		gate.awaitArrivals(1);

		executor.refuseOutsiders();

		assertThatExceptionOfType(ExecutorShutDownException.class).isThrownBy(() -> executor.submit(() -> 1));
		gate.open();
		assertThat(task.get().get()).isEqualTo(42);
		executor.shutdown();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void getRunningTasksReturnsTheirThreads(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<Thread> task = executor.submit(() -> {
			gate.pass();
			return Thread.currentThread();
		});
		gate.awaitArrivals(1);

		List<RunningTask> running = executor.getRunningTasks();

		gate.open();
		assertThat(running).singleElement().satisfies((each) -> {
			assertThat(each.thread()).isSameAs(task.get());
			assertThat(each.age()).isPositive();
		});
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void shutdownWhenIdleTerminatesAtOnce(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		executor.submit(() -> 1).get();
		TestExecutors.awaitIdle(executor);

		executor.shutdown();
		executor.shutdown();

		assertThat(executor.isTerminated()).isTrue();
		assertThat(executor.shutdownNow()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void shutdownLetsRunningAndQueuedTasksEnd(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		List<Future<Integer>> futures = new ArrayList<>();
		for (int i = 0; i < setting.limit() + setting.queue(); i++) {
			futures.add(executor.submit(gate.returning(i)));
		}

		executor.shutdown();
		gate.open();

		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(futures).extracting(Future::state).containsOnly(Future.State.SUCCESS);
		assertThat(gate.interrupted()).isZero();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void shutdownNowReturnsExactlyTasksThatNeverRun(Setting setting) throws Exception {
		// X05
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		List<Future<Integer>> running = new ArrayList<>();
		for (int i = 0; i < setting.limit(); i++) {
			running.add(executor.submit(gate.returning(i)));
		}
		gate.awaitArrivals(setting.limit());
		AtomicInteger runs = new AtomicInteger();
		List<Object> queued = new ArrayList<>();
		for (int i = 0; i < setting.queue(); i++) {
			Runnable command = runs::incrementAndGet;
			queued.add(command);
			executor.execute(command);
			if (executor.getQueuedCount() < setting.queue()) {
				queued.add(executor.submit(runs::incrementAndGet));
				i++;
			}
		}

		List<Runnable> neverRun = executor.shutdownNow();

		assertThat((Object) neverRun).isEqualTo(queued);
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(runs).hasValue(0);
		assertThat(gate.interrupted()).isEqualTo(setting.limit());
		assertThat(running).extracting(Future::state).containsOnly(Future.State.FAILED);
		for (Object handle : queued) {
			if (handle instanceof Future<?> future) {
				assertThat(future.isCancelled()).isTrue();
			}
		}
		assertThat(executor.getStats().cancelled()).isEqualTo(setting.queue());
	}

	@Test
	void shutdownNowCancelsCompletableFuturesOfQueuedTasks() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<String> future = executor.submitCompletable(() -> "value");

		assertThat(executor.shutdownNow()).hasSize(1);

		assertThat(future).isCancelled();
	}

	@Test
	void shutdownNowWhenTaskStartsLaterInterruptsIt() throws Exception {
		// between its permit and its thread
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch stopped = new CountDownLatch(1);
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.threadFactory((body) -> {
			asked.countDown();
			try {
				stopped.await();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			return Thread.ofVirtual().unstarted(body);
		}));
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread submitter = Thread.ofVirtual()
			.start(() -> executor.execute(() -> interrupted.set(Thread.currentThread().isInterrupted())));
		asked.await();

		assertThat(executor.shutdownNow()).isEmpty();
		stopped.countDown();

		submitter.join();
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(interrupted).isTrue();
	}

	@Test
	void awaitTerminationReturnsAfterFuturesOfDrainedTasksAreDone() throws Exception {
		for (int i = 0; i < 500; i++) {
			BoundedExecutor executor = this.executors.of(1, 10);
			Gate gate = new Gate();
			gate.occupy(executor);
			Future<Integer> queued = executor.submit(() -> 1);
			gate.open();
			Thread stopper = Thread.ofVirtual().start(executor::shutdownNow);

			assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();

			assertThat(queued.isDone()).isTrue();
			stopper.join();
		}
	}

	@Test
	void terminatedIsToldOnceAfterLastTask() throws Exception {
		// G31
		AtomicInteger terminated = new AtomicInteger();
		AtomicInteger ended = new AtomicInteger();
		AtomicInteger endedBefore = new AtomicInteger();
		BoundedExecutor executor = this.executors.of(4, 10,
				(builder) -> builder.listener(new BoundedExecutorListener() {

					@Override
					public void terminated(BoundedExecutor executor) {
						endedBefore.set(ended.get());
						terminated.incrementAndGet();
					}

				}));
		for (int i = 0; i < 14; i++) {
			executor.execute(ended::incrementAndGet);
		}

		executor.shutdown();
		executor.shutdownNow();

		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		executor.close();
		assertThat(terminated).hasValue(1);
		assertThat(endedBefore).hasValue(ended.get());
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void closeWaitsForRunningAndQueuedTasks(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();
		CountDownLatch start = new CountDownLatch(1);
		for (int i = 0; i < setting.limit() + setting.queue(); i++) {
			executor.execute(() -> {
				await(start);
				runs.incrementAndGet();
			});
		}
		start.countDown();

		executor.close();

		assertThat(runs).hasValue(setting.limit() + setting.queue());
		assertThat(executor.isTerminated()).isTrue();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void closeWhenInterruptedBeforeInterruptsTasksAndWaits(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);

		Thread.currentThread().interrupt();
		executor.close();

		assertThat(Thread.interrupted()).isTrue();
		assertThat(executor.isTerminated()).isTrue();
		assertThat(gate.interrupted()).isEqualTo(1);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(InterruptedException.class);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void closeWhenInterruptedDuringInterruptsTasksAndWaits(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread closer = Thread.ofPlatform().start(() -> {
			executor.close();
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		TestExecutors.eventually("shut down").until(executor::isShutdown);

		closer.interrupt();

		closer.join();
		assertThat(interrupted).isTrue();
		assertThat(executor.isTerminated()).isTrue();
		assertThat(future.state()).isEqualTo(Future.State.FAILED);
	}

	@Test
	void closeWhenSubmitterWaitsRefusesIt() throws Exception {
		// X03
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.WAIT));
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<Void> submission = CompletableFuture.runAsync(() -> executor.execute(gate.task()),
				Thread::startVirtualThread);
		TestExecutors.eventually("waiting").until(() -> executor.getStats().waitingSubmitters() == 1);

		Thread closer = Thread.ofVirtual().start(executor::close);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(submission::get)
			.withCauseInstanceOf(ExecutorShutDownException.class);
		gate.open();
		closer.join();
		assertThat(gate.arrivals()).isEqualTo(1);
	}

	@Test
	void closeWhenCalledByOwnTaskThrows() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);

		Future<?> future = executor.submit(executor::close);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("A task of executor '%s' must not close it: close() waits for the end of all tasks"
				.formatted(executor.getName()));
		assertThat(executor.isShutdown()).isTrue();
	}

	@Test
	void destroyWhenNotShutDownLetsTasksEnd() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		List<Future<Integer>> futures = List.of(executor.submit(gate.returning(1)), executor.submit(gate.returning(2)));
		Thread destroyer = Thread.ofVirtual().start(executor::destroy);
		TestExecutors.eventually("shut down").until(executor::isShutdown);

		gate.open();

		destroyer.join();
		assertThat(executor.isTerminated()).isTrue();
		assertThat(futures).extracting(Future::state).containsOnly(Future.State.SUCCESS);
	}

	@Test
	void destroyWhenShutDownBeforeCancelsWhatIsLeftAndDoesNotWait() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		Gate stubborn = new Gate();
		executor.execute(() -> {
			gate.task().run();
			stubborn.task().run();
		});
		gate.awaitArrivals(1);
		Future<Integer> queued = executor.submit(() -> 1);
		executor.shutdown();

		executor.destroy();

		assertThat(queued.isCancelled()).isTrue();
		stubborn.awaitArrivals(1);
		assertThat(gate.interrupted()).isEqualTo(1);
		assertThat(executor.isTerminated()).isFalse();
		stubborn.open();
	}

	@Test
	void destroyWhenInterruptedCancelsTasksAndKeepsFlag() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);

		Thread.currentThread().interrupt();
		executor.destroy();

		assertThat(Thread.interrupted()).isTrue();
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(gate.interrupted()).isEqualTo(1);
	}

	@Test
	void submitWhileShuttingDownIsEitherRunOrRejected() throws Exception {
		for (int round = 0; round < 200; round++) {
			BoundedExecutor executor = this.executors.of(2, 1000);
			AtomicInteger runs = new AtomicInteger();
			AtomicInteger accepted = new AtomicInteger();
			Thread submitter = Thread.ofPlatform().start(() -> {
				for (int i = 0; i < 100; i++) {
					try {
						executor.execute(runs::incrementAndGet);
						accepted.incrementAndGet();
					}
					catch (RejectedExecutionException ex) {
						// as promised
					}
				}
			});
			TestExecutors.eventually("some").until(() -> accepted.get() > 0);

			executor.shutdown();

			submitter.join();
			assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
			assertThat(runs).hasValue(accepted.get());
		}
	}

	@Test
	void getWhenTaskWasDrainedThrowsCancellation() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<Integer> future = executor.submit(() -> 1);
		executor.shutdownNow();

		assertThatExceptionOfType(CancellationException.class).isThrownBy(future::get);
		assertThatIllegalStateException().isThrownBy(future::resultNow);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
