package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What happens with a task that finds no room.
 */
@Timeout(60)
class OverloadPolicyTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@Test
	void waitWhenPlaceIsFreedAdmitsSubmittersInOrder() throws Exception {
		BoundedExecutor executor = waiting(1, 0);
		Gate gate = new Gate();
		gate.occupy(executor);
		List<Integer> order = new CopyOnWriteArrayList<>();
		List<CompletableFuture<Void>> submissions = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			int number = i;
			submissions.add(submitElsewhere(executor, () -> order.add(number)));
			awaitWaiting(executor, i + 1);
		}

		gate.open();

		for (CompletableFuture<Void> submission : submissions) {
			submission.get();
		}
		TestExecutors.awaitIdle(executor);
		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	}

	@Test
	void waitWhenConcurrencyIsRaisedStartsWaitingTasksAtOnce() throws Exception {
		// X01
		BoundedExecutor executor = waiting(1, 0);
		Gate gate = new Gate();
		gate.occupy(executor);
		List<CompletableFuture<Void>> submissions = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			submissions.add(submitElsewhere(executor, gate.task()));
			awaitWaiting(executor, i + 1);
		}

		executor.setMaxConcurrency(5);

		gate.awaitArrivals(4);
		assertThat(executor.getRunningCount()).isEqualTo(5);
		CompletableFuture.allOf(submissions.toArray(CompletableFuture[]::new)).get();
		gate.open();
	}

	@Test
	void waitWhenQueueCapacityIsRaisedAdmitsAtOnce() throws Exception {
		BoundedExecutor executor = waiting(1, 0);
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<Void> submission = submitElsewhere(executor, gate.task());
		awaitWaiting(executor, 1);

		executor.setQueueCapacity(1);

		submission.get();
		assertThat(executor.getQueuedCount()).isEqualTo(1);
		gate.open();
	}

	@Test
	void waitWhenQueuedTaskIsCancelledAdmitsAtOnce() throws Exception {
		BoundedExecutor executor = waiting(1, 1);
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<?> queued = executor.submit(gate.task());
		CompletableFuture<Void> submission = submitElsewhere(executor, gate.task());
		awaitWaiting(executor, 1);

		queued.cancel(false);

		submission.get();
		assertThat(executor.getQueuedCount()).isEqualTo(1);
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.arrivals()).isEqualTo(2);
	}

	@Test
	void waitWhenShutDownRefusesAtOnce() throws Exception {
		BoundedExecutor executor = waiting(1, 0);
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<Void> submission = submitElsewhere(executor, gate.task());
		awaitWaiting(executor, 1);

		executor.shutdown();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(submission::get)
			.withCauseInstanceOf(ExecutorShutDownException.class);
		assertThat(executor.getStats().waitingSubmitters()).isZero();
		gate.open();
	}

	@Test
	void waitWhenInterruptedRefusesAndKeepsFlag() throws Exception {
		BoundedExecutor executor = waiting(1, 0);
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread submitter = Thread.ofPlatform().start(() -> {
			try {
				executor.execute(gate.task());
			}
			catch (RejectedExecutionException ex) {
				failure.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		awaitWaiting(executor, 1);

		submitter.interrupt();

		submitter.join();
		assertThat(failure.get()).isInstanceOf(ExecutorSaturatedException.class)
			.hasMessageContaining("had no room until the submitter was interrupted")
			.hasCauseInstanceOf(InterruptedException.class);
		assertThat(flag).isTrue();
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.arrivals()).isEqualTo(1);
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.WAIT_INTERRUPTED, 1L);
	}

	@Test
	void waitWhenInterruptedBeforeTakesFreePlaceAllTheSame() throws Exception {
		BoundedExecutor executor = waiting(1, 0);
		AtomicInteger runs = new AtomicInteger();

		Thread.currentThread().interrupt();
		executor.execute(runs::incrementAndGet);

		assertThat(Thread.interrupted()).isTrue();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(1);
	}

	@Test
	void waitWhenMaxWaitPassesRefuses() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 0,
				(builder) -> builder.whenFull(OverloadPolicy.WAIT).maxWait(Duration.ofMillis(500)));
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<Void> submission = submitElsewhere(executor, gate.task());
		awaitWaiting(executor, 1);
		TestExecutors.eventually("armed").until(() -> this.executors.timer().armed() == 1);
		this.executors.timer().advance(Duration.ofMillis(499));
		assertThat(submission).isNotDone();

		this.executors.timer().advance(Duration.ofMillis(1));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(submission::get)
			.withCauseInstanceOf(ExecutorSaturatedException.class)
			.withMessageContaining("had no room within 500 ms: 1 of 1 running, 0 of 0 queued");
		assertThat(executor.getStats().waitingSubmitters()).isZero();
		gate.open();
	}

	@Test
	void waitWhenMaxWaitIsZeroRefusesAtOnce() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0,
				(builder) -> builder.whenFull(OverloadPolicy.WAIT).maxWait(Duration.ZERO));
		Gate gate = new Gate();
		gate.occupy(executor);

		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.execute(gate.task()))
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(RejectionReason.SATURATED));
		gate.open();
	}

	@Test
	void waitWhenDeadlineIsShorterThanMaxWaitEndsAtDeadline() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 0,
				(builder) -> builder.whenFull(OverloadPolicy.WAIT).maxWait(Duration.ofHours(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicReference<@Nullable RejectionReason> reason = new AtomicReference<>();
		Thread submitter = Thread.ofVirtual().start(() -> {
			try {
				Deadline.after(Duration.ofMillis(200), this.executors.timer()).run("test", () -> {
					try {
						executor.execute(gate.task());
					}
					catch (ExecutorSaturatedException ex) {
						reason.set(ex.getReason());
						Thread.interrupted();
					}
				});
			}
			catch (RuntimeException ex) {
				throw new AssertionError(ex);
			}
		});
		awaitWaiting(executor, 1);
		TestExecutors.eventually("armed").until(() -> this.executors.timer().armed() == 2);

		this.executors.timer().advance(Duration.ofMillis(200));

		submitter.join();
		assertThat(reason.get()).isIn(RejectionReason.WAIT_TIMED_OUT, RejectionReason.WAIT_INTERRUPTED);
		gate.open();
	}

	@Test
	void waitWhenSubmitterWasJustAdmittedNewcomerDoesNotStealItsPermit() throws Exception {
		// X13
		BoundedExecutor executor = waiting(1, 0);
		for (int round = 0; round < 300; round++) {
			Gate first = new Gate();
			first.occupy(executor);
			AtomicInteger order = new AtomicInteger();
			AtomicInteger waiterRan = new AtomicInteger();
			AtomicInteger newcomerRan = new AtomicInteger();
			CompletableFuture<Void> waiter = submitElsewhere(executor, () -> waiterRan.set(order.incrementAndGet()));
			awaitWaiting(executor, 1);

			first.open();
			executor.execute(() -> newcomerRan.set(order.incrementAndGet()));

			waiter.get();
			TestExecutors.awaitIdle(executor);
			assertThat(newcomerRan).hasValueGreaterThan(waiterRan.get());
		}
	}

	@Test
	void waitWhenOnlyOwnTasksCouldMakeRoomRefusesAtOnce() throws Exception {
		BoundedExecutor executor = waiting(1, 0);

		Future<?> future = executor.submit(() -> executor.execute(() -> {
		}));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(ExecutorSaturatedException.class)
			.withMessageContaining("would never have room for this task");
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.SELF_DEADLOCK, 1L);
	}

	@Test
	void waitWhenLastRunningTaskWouldWaitTooRefusesThatOne() throws Exception {
		BoundedExecutor executor = waiting(2, 0);
		CountDownLatch both = new CountDownLatch(2);
		AtomicInteger refused = new AtomicInteger();
		AtomicInteger nested = new AtomicInteger();
		Runnable task = () -> {
			both.countDown();
			try {
				both.await();
				executor.execute(nested::incrementAndGet);
			}
			catch (ExecutorSaturatedException ex) {
				refused.incrementAndGet();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		};

		Future<?> first = executor.submit(task);
		Future<?> second = executor.submit(task);

		first.get();
		second.get();
		TestExecutors.awaitIdle(executor);
		assertThat(refused.get() + nested.get()).isEqualTo(2);
		assertThat(refused).hasValue(1);
	}

	@Test
	void waitWhenLoweredLimitLeavesNobodyToMakeRoomRefusesNestedSubmitter() throws Exception {
		BoundedExecutor executor = waiting(2, 0);
		Gate gate = new Gate();
		executor.execute(gate.task());
		gate.awaitArrivals(1);
		Future<?> nesting = executor.submit(() -> executor.execute(() -> {
		}));
		awaitWaiting(executor, 1);
		executor.setMaxConcurrency(1);

		gate.open();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(nesting::get)
			.withMessageContaining("would never have room");
	}

	@Test
	void waitWhenSubmitterRunsOnCallersThreadIsNotTakenForPermitHolder() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		CompletableFuture<Void> submission = submitElsewhere(executor, () -> {
			try {
				// waits for room, since a time limit forbids to run on the caller's
				// thread
				executor.invokeAll(List.of(() -> "nested"), 20, TimeUnit.SECONDS);
			}
			catch (InterruptedException | RejectedExecutionException ex) {
				failure.set(ex);
			}
		});
		awaitWaiting(executor, 1);

		gate.open();

		submission.get();
		assertThat(failure.get()).isNull();
	}

	@Test
	void callerRunsWhenSaturatedRunsOnSubmittersThread() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);

		assertThat(executor.submit(Thread::currentThread).get()).isSameAs(Thread.currentThread());
		assertThat(executor.submitCompletable(Thread::currentThread).get()).isSameAs(Thread.currentThread());

		assertThat(executor.getStats().callerRuns()).isEqualTo(2);
		assertThat(executor.getStats().succeeded()).isEqualTo(2);
		gate.open();
	}

	@Test
	void callerRunsWhenTaskThrowsKeepsItFromSubmitter() throws Exception {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS)
			.uncaughtExceptionHandler((thread, ex) -> uncaught.add(ex)));
		Gate gate = new Gate();
		gate.occupy(executor);

		executor.execute(() -> {
			throw new IllegalStateException("test");
		});

		assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
		gate.open();
	}

	@Test
	void callerRunsWhenSubmitterIsInterruptedRunsWithoutFlagAndKeepsIt() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicBoolean flag = new AtomicBoolean(true);

		Thread.currentThread().interrupt();
		executor.execute(() -> flag.set(Thread.currentThread().isInterrupted()));

		assertThat(Thread.interrupted()).isTrue();
		assertThat(flag).isFalse();
		gate.open();
	}

	@Test
	void callerRunsWhenSubmitterIsInterruptedMeanwhileKeepsFlag() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);
		Gate onCaller = new Gate();
		AtomicBoolean flag = new AtomicBoolean();
		Thread submitter = Thread.ofPlatform().start(() -> {
			Future<String> future = executor.submit(onCaller.returning("value"));
			assertThat(future.state()).isEqualTo(Future.State.FAILED);
			flag.set(Thread.currentThread().isInterrupted());
		});
		onCaller.awaitArrivals(1);

		submitter.interrupt();

		submitter.join();
		assertThat(flag).isTrue();
		gate.open();
	}

	@Test
	void callerRunsWhenFutureIsCancelledMeanwhileLeavesCallerUninterrupted() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);
		Gate onCaller = new Gate();
		AtomicReference<@Nullable BoundedTask<?>> task = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean(true);
		Thread submitter = Thread.ofPlatform().start(() -> {
			BoundedTask<String> created = executor.tasks().task(onCaller.returning("value"));
			task.set(created);
			executor.execute(created);
			flag.set(Thread.currentThread().isInterrupted());
		});
		onCaller.awaitArrivals(1);

		BoundedTask<?> running = task.get();
		assertThat(running).isNotNull();
		assertThat(running.cancel(true)).isTrue();

		submitter.join();
		assertThat(flag).isFalse();
		assertThat(onCaller.interrupted()).isEqualTo(1);
		assertThat(executor.getStats().cancelled()).isEqualTo(1);
		gate.open();
	}

	@Test
	void callerRunsWhenShutDownRejects() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.shutdown();
		AtomicInteger runs = new AtomicInteger();

		assertThatExceptionOfType(ExecutorShutDownException.class)
			.isThrownBy(() -> executor.execute(runs::incrementAndGet));

		assertThat(runs).hasValue(0);
		gate.open();
	}

	@Test
	void discardOldestFailsOldestAndTakesNewest() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 2,
				(builder) -> builder.whenFull(OverloadPolicy.DISCARD_OLDEST));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<String> oldest = executor.submit(() -> "oldest");
		CompletableFuture<String> middle = executor.submitCompletable(() -> "middle");

		Future<String> newest = executor.submit(() -> "newest");

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(oldest::get)
			.withCauseInstanceOf(ExecutorSaturatedException.class)
			.withMessageContaining("discarded its oldest queued task");
		gate.open();
		assertThat(middle.get()).isEqualTo("middle");
		assertThat(newest.get()).isEqualTo("newest");
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.DISCARDED, 1L);
	}

	@Test
	void discardOldestWhenThereIsNoQueueRejects() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0,
				(builder) -> builder.whenFull(OverloadPolicy.DISCARD_OLDEST));
		Gate gate = new Gate();
		gate.occupy(executor);

		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.execute(gate.task()))
			.withMessageContaining("has no queued task to discard");
		gate.open();
	}

	@Test
	void discardOldestWhenQueueWasMadeSmallerDiscardsOneTask() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 5,
				(builder) -> builder.whenFull(OverloadPolicy.DISCARD_OLDEST));
		Gate gate = new Gate();
		gate.saturate(executor);
		executor.setQueueCapacity(2);

		executor.execute(gate.task());

		assertThat(executor.getQueuedCount()).isEqualTo(5);
		executor.setQueueCapacity(0);
		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.execute(gate.task()));
		assertThat(executor.getQueuedCount()).isEqualTo(5);
		gate.open();
	}

	@Test
	void discardOldestWhenCommandIsDiscardedTellsHandler() throws Exception {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.whenFull(OverloadPolicy.DISCARD_OLDEST)
			.uncaughtExceptionHandler((thread, ex) -> uncaught.add(ex)));
		Gate gate = new Gate();
		gate.saturate(executor);

		executor.execute(gate.task());

		assertThat(uncaught).singleElement().isInstanceOf(ExecutorSaturatedException.class);
		gate.open();
	}

	private BoundedExecutor waiting(int limit, int queue) {
		return this.executors.of(limit, queue, (builder) -> builder.whenFull(OverloadPolicy.WAIT));
	}

	private static CompletableFuture<Void> submitElsewhere(BoundedExecutor executor, Runnable task) {
		return CompletableFuture.runAsync(() -> executor.execute(task), Thread::startVirtualThread);
	}

	private static void awaitWaiting(BoundedExecutor executor, int count) {
		TestExecutors.eventually("waiting").until(() -> executor.getStats().waitingSubmitters() == count);
	}

}
