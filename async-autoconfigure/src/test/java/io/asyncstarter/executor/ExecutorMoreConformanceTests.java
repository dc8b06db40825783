package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * What the JDK's tests of executors and futures say, and defects that other libraries
 * had, where no other test here covers them. Names in comments are those of the tests.
 */
@Timeout(60)
class ExecutorMoreConformanceTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest // FutureTask testIsDone, resultNow, exceptionNow
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void futureTellsItsStateAtEachPoint(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();

		Future<String> future = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);

		assertThat(future.state()).isEqualTo(Future.State.RUNNING);
		assertThat(future.isDone()).isFalse();
		assertThatIllegalStateException().isThrownBy(future::resultNow);
		assertThatIllegalStateException().isThrownBy(future::exceptionNow);
		gate.open();
		assertThat(future.get()).isEqualTo("value");
		assertThat(future.resultNow()).isEqualTo("value");
		assertThatIllegalStateException().isThrownBy(future::exceptionNow);
		assertThat(future.cancel(true)).isFalse();
		assertThat(future.isCancelled()).isFalse();
		TestExecutors.awaitIdle(executor);
	}

	@ParameterizedTest // FutureTask testGetRun by several, testTimedGet
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void severalThreadsGetTheSameResult(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<Object> future = executor.submit(gate.returning(new Object()));
		gate.awaitArrivals(1);
		List<FutureTask<Object>> waiters = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			FutureTask<Object> waiter = new FutureTask<>(
					(i % 2 == 0) ? future::get : () -> future.get(20, TimeUnit.SECONDS));
			waiters.add(waiter);
			Thread.ofVirtual().start(waiter);
		}

		gate.open();

		for (FutureTask<Object> waiter : waiters) {
			assertThat(waiter.get()).isSameAs(future.get());
		}
	}

	@Test // FutureTask testToString_*
	void futureSaysInWordsWhereItStands() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		Future<String> running = executor.submit(gate.returning("value"));
		Future<String> cancelled = executor.submit(() -> "never");
		cancelled.cancel(true);
		gate.awaitArrivals(1);

		assertThat(running.toString()).containsIgnoringCase("not completed");
		assertThat(cancelled.toString()).containsIgnoringCase("cancelled");
		gate.open();
		running.get();
		assertThat(running.toString()).containsIgnoringCase("completed normally");
		Future<String> failed = executor.submit(() -> {
			throw new IllegalStateException("reason");
		});
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(failed::get);
		assertThat(failed.toString()).containsIgnoringCase("completed exceptionally").contains("reason");
	}

	@ParameterizedTest // testAwaitTerminationTimeout, testAwaitTermination_timesOut
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void awaitTerminationWithoutAnyTimeReturnsAtOnce(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		executor.execute(gate.task());
		gate.awaitArrivals(1);

		assertThat(executor.awaitTermination(0, TimeUnit.SECONDS)).isFalse();
		executor.shutdown();
		assertThat(executor.awaitTermination(0, TimeUnit.SECONDS)).isFalse();
		assertThat(executor.awaitTermination(-1, TimeUnit.NANOSECONDS)).isFalse();
		assertThat(executor.awaitTermination(Long.MIN_VALUE, TimeUnit.NANOSECONDS)).isFalse();
		gate.open();
		assertThat(executor.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue();
		assertThat(executor.awaitTermination(-1, TimeUnit.NANOSECONDS)).isTrue();
	}

	@ParameterizedTest // VT testAwaitTerminationInterrupt
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void awaitTerminationThatIsInterruptedThrowsAndTouchesNoTask(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		executor.execute(gate.task());
		gate.awaitArrivals(1);
		executor.shutdown();

		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> executor.awaitTermination(20, TimeUnit.SECONDS));

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(gate.interrupted()).isZero();
		assertThat(executor.isTerminated()).isFalse();
		gate.open();
	}

	@ParameterizedTest // CT testCloseTwice, VT testClose of a terminated one
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void closeOfATerminatedExecutorReturnsAndLeavesTheFlagAlone(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		executor.submit(() -> 1).get();
		executor.close();

		executor.close();
		Thread.currentThread().interrupt();
		executor.close();

		assertThat(Thread.interrupted()).isTrue();
		assertThat(executor.isTerminated()).isTrue();
	}

	@ParameterizedTest // CT: two threads close
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void closeByTwoThreadsReturnsForBothAfterTheLastTask(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		executor.execute(gate.task());
		gate.awaitArrivals(1);
		List<FutureTask<Boolean>> closers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			FutureTask<Boolean> closer = new FutureTask<>(() -> {
				executor.close();
				return executor.isTerminated();
			});
			closers.add(closer);
			Thread.ofVirtual().start(closer);
		}
		TestExecutors.eventually("shut down").until(executor::isShutdown);
		assertThat(closers).noneMatch(FutureTask::isDone);

		gate.open();

		for (FutureTask<Boolean> closer : closers) {
			assertThat(closer.get()).isTrue();
		}
		assertThat(gate.interrupted()).isZero();
	}

	@ParameterizedTest // VT testSubmit with the interrupt flag set
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void submitByAnInterruptedThreadRunsTheTaskWithoutTheFlagAndKeepsIt(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);

		Thread.currentThread().interrupt();
		Future<Boolean> future = executor.submit(() -> Thread.currentThread().isInterrupted());

		assertThat(Thread.interrupted()).isTrue();
		assertThat(future.get()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void taskThatLeavesItsThreadInterruptedHarmsNoLaterOne(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		for (int i = 0; i < 20; i++) {
			executor.submit(() -> Thread.currentThread().interrupt()).get();
			TestExecutors.awaitIdle(executor);

			assertThat(executor.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
			TestExecutors.awaitIdle(executor);
		}
	}

	@ParameterizedTest // testInvokeAll with the same task several times
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAllOfTheSameTaskRunsItAsOften(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();

		List<Future<Integer>> futures = executor.invokeAll(Collections.nCopies(20, runs::incrementAndGet));

		assertThat(futures).hasSize(20).doesNotHaveDuplicates().extracting(Future::resultNow).doesNotHaveDuplicates();
		assertThat(runs).hasValue(20);
	}

	@ParameterizedTest // testTimedInvokeAll6
	@MethodSource("io.asyncstarter.executor.Setting#queued")
	void timedInvokeAllCancelsOnlyWhatHasNotEnded(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();

		List<Future<String>> futures = executor.invokeAll(List.of(() -> "first", gate.returning("second")), 500,
				TimeUnit.MILLISECONDS);

		assertThat(futures.get(0).resultNow()).isEqualTo("first");
		assertThat(futures.get(1).isCancelled()).isTrue();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@ParameterizedTest // testTimedInvokeAny5
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void timedInvokeAnyReturnsTheValueThatComesInTime(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Callable<String> failing = () -> {
			throw new IllegalStateException("test");
		};

		assertThat(executor.invokeAny(List.of(failing, () -> "value", gate.returning("other")), 20, TimeUnit.SECONDS))
			.isEqualTo("value");
		TestExecutors.awaitIdle(executor);
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> executor.invokeAny(List.of(failing, failing), 20, TimeUnit.SECONDS))
			.withCauseInstanceOf(IllegalStateException.class);
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@SuppressWarnings("NullAway") // what a caller without checks may do
	@Test // ExecutorCompletionService testSubmitNullCallable, testPoll1
	void completionServiceOnTopRefusesNullAndPollsNothingTooEarly() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		ExecutorCompletionService<String> service = new ExecutorCompletionService<>(executor);
		Gate gate = new Gate();

		assertThatNullPointerException().isThrownBy(() -> service.submit(null));
		Future<String> future = service.submit(gate.returning("value"));
		gate.awaitArrivals(1);
		assertThat(service.poll()).isNull();
		assertThat(service.poll(1, TimeUnit.MILLISECONDS)).isNull();
		gate.open();

		assertThat(service.take()).isSameAs(future);
	}

	@Test // Spring SimpleAsyncTaskExecutor, concurrency limit lowered while submitters
			// wait
	void whenTheLimitIsLoweredWaitingSubmittersAreStillAdmittedOneByOne() throws Exception {
		BoundedExecutor executor = this.executors.of(2, 0, (builder) -> builder.whenFull(OverloadPolicy.WAIT));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<CompletableFuture<Void>> submissions = new ArrayList<>();
		for (int i = 1; i <= 3; i++) {
			int waiting = i;
			submissions.add(CompletableFuture.runAsync(() -> executor.execute(() -> {
				most.accumulateAndGet(inside.incrementAndGet(), Math::max);
				Thread.yield();
				inside.decrementAndGet();
			}), Thread::startVirtualThread));
			TestExecutors.eventually("waiting").until(() -> executor.getStats().waitingSubmitters() == waiting);
		}

		executor.setMaxConcurrency(1);
		gate.open();

		CompletableFuture.allOf(submissions.toArray(CompletableFuture[]::new)).get();
		TestExecutors.awaitIdle(executor);
		assertThat(most).hasValue(1);
	}

	@ParameterizedTest // a listener, decorator or callback that throws must not cost a
						// permit
	@EnumSource(ThreadKind.class)
	void callbackOfAFutureThatThrowsCostsNoPermit(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(2, threads, 10));
		for (int i = 0; i < 10; i++) {
			CompletableFuture<Integer> future = executor.submitCompletable(() -> 1).thenApply((value) -> {
				throw new StackOverflowError("callback");
			});
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
				.withCauseInstanceOf(StackOverflowError.class);
			TestExecutors.awaitIdle(executor);
		}
	}

	@ParameterizedTest // Resilience4j ThreadPoolBulkhead, Failsafe: cancelled before its
						// start, counted once
	@EnumSource(ThreadKind.class)
	void futureThatIsCancelledAsItLeavesTheQueueGivesItsPermitBackOnce(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 10));
		AtomicInteger running = new AtomicInteger();
		AtomicBoolean tooMany = new AtomicBoolean();
		for (int round = 0; round < 1000; round++) {
			CountDownLatch go = new CountDownLatch(1);
			executor.execute(() -> {
				try {
					go.await();
				}
				catch (InterruptedException ex) {
					throw new AssertionError(ex);
				}
			});
			List<Future<?>> futures = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				futures.add(executor.submit(() -> {
					tooMany.compareAndSet(false, running.incrementAndGet() > 1);
					running.decrementAndGet();
				}));
			}
			go.countDown();
			futures.get(1).cancel(true);
			futures.get(2).get();
			TestExecutors.awaitIdle(executor);
		}

		assertThat(tooMany).isFalse();
	}

	@Test // a timeout around a submission that waits takes no permit with it
	void submitterThatGivesUpByItsDeadlineTakesNoPermit() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.WAIT));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();

		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> Deadline.within(Duration.ofMillis(20), () -> executor.execute(runs::incrementAndGet)))
			.isInstanceOfAny(DeadlineExceededException.class, ExecutorSaturatedException.class);

		assertThat(executor.getStats().waitingSubmitters()).isZero();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
	}

	@ParameterizedTest // semaphore-in-thread wrappers, shutdownNow as tasks start
	@EnumSource(ThreadKind.class)
	void taskThatStartsAsTheExecutorIsShutDownNowHasRunOrIsReturnedAndNeverBoth(ThreadKind threads) throws Exception {
		for (int round = 0; round < 100; round++) {
			BoundedExecutor executor = this.executors.of(new Setting(2, threads, 20));
			List<AtomicInteger> runs = new ArrayList<>();
			List<Runnable> tasks = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				AtomicInteger count = new AtomicInteger();
				runs.add(count);
				tasks.add(count::incrementAndGet);
			}
			tasks.forEach(executor::execute);

			List<Runnable> neverRun = executor.shutdownNow();

			assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
			for (int i = 0; i < 20; i++) {
				assertThat(runs.get(i)).hasValue((neverRun.contains(tasks.get(i))) ? 0 : 1);
			}
			assertThat(neverRun).doesNotHaveDuplicates();
		}
	}

	@Test // get with a timeout does not end the task, and the task's permit stays its own
	void getOfATimedOutWaiterLeavesThePermitWithTheTask() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));

		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS));

		assertThat(executor.getRunningCount()).isEqualTo(1);
		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.submit(() -> 1));
		gate.open();
		assertThat(future.get()).isEqualTo("value");
	}

}
