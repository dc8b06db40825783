package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Queue timeout, run timeout and inherited deadline (CONFORMANCE X11, X15, rule 7 of
 * §5.1).
 */
@Timeout(60)
class ExecutorDeadlineTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	private final ManualDeadlineTimer timer = this.executors.timer();

	@Test
	void queueTimeoutFailsQueuedTaskThatNeverStarts() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 1,
				(builder) -> builder.queueTimeout(Duration.ofMillis(50)).runTimeout(Duration.ofSeconds(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		Future<Integer> queued = executor.submit(runs::incrementAndGet);
		this.timer.advance(Duration.ofMillis(49));
		assertThat(executor.getQueuedCount()).isEqualTo(1);

		this.timer.advance(Duration.ofMillis(1));

		assertThat(executor.getQueuedCount()).isZero();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(queued::get)
			.withCauseInstanceOf(QueueTimeoutException.class)
			.withMessageContaining("Task was not started by executor '%s' within its queue timeout of 50 ms",
					executor.getName());
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
		assertThat(executor.getStats().rejected()).containsExactly(Map.entry(RejectionReason.QUEUE_TIMED_OUT, 1L));
		assertThat(executor.getStats().completed()).isEqualTo(1);
	}

	@Test
	void runTimeoutCountsFromStart() throws Exception {
		// X11
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> builder.runTimeout(Duration.ofSeconds(1)));
		Gate first = new Gate();
		Gate second = new Gate();
		first.occupy(executor);
		Future<String> future = executor.submit(second.returning("value"));
		this.timer.advance(Duration.ofMillis(900));
		first.open();
		second.awaitArrivals(1);
		this.timer.advance(Duration.ofMillis(900));
		assertThat(future.isDone()).isFalse();

		this.timer.advance(Duration.ofMillis(100));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(DeadlineExceededException.class)
			.withMessageContaining("run timeout of executor '%s'", executor.getName());
		assertThat(second.interrupted()).isEqualTo(1);
	}

	@Test
	void runTimeoutWhenTaskIsInTimeLeavesNothingArmed() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> builder.runTimeout(Duration.ofSeconds(1)));

		assertThat(executor.submit(() -> "value").get()).isEqualTo("value");

		TestExecutors.eventually("disarmed").until(() -> this.timer.armed() == 0);
	}

	@Test
	void runTimeoutOfCommandTellsHandler() throws Exception {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> builder.runTimeout(Duration.ofSeconds(1))
			.uncaughtExceptionHandler((thread, ex) -> uncaught.add(ex)));
		Gate gate = new Gate();
		executor.execute(() -> {
			try {
				gate.pass();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		gate.awaitArrivals(1);

		this.timer.advance(Duration.ofSeconds(1));

		TestExecutors.awaitIdle(executor);
		assertThat(uncaught).singleElement().isInstanceOf(DeadlineExceededException.class);
	}

	@Test
	void deadlineIsInheritedByTask() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> {
		});
		Deadline deadline = Deadline.after(Duration.ofSeconds(5), this.timer);

		Duration inside = deadline.call("test", () -> executor.submit(() -> Deadline.current().remaining()).get());
		Future<Duration> longer = deadline.call("test", () -> executor
			.submit(() -> Deadline.within(Duration.ofHours(1), () -> Deadline.current().remaining())));

		assertThat(inside).isEqualTo(Duration.ofSeconds(5));
		assertThat(longer.get()).isEqualTo(Duration.ofSeconds(5));
		assertThat(executor.submit(() -> Deadline.current().isUnbounded()).get()).isTrue();
	}

	@Test
	void deadlineWhenPassedInterruptsRunningTask() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> {
		});
		Gate gate = new Gate();
		Future<String> future = within(Duration.ofSeconds(1), () -> executor.submit(gate.returning("value")));
		gate.awaitArrivals(1);

		this.timer.advance(Duration.ofSeconds(1));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(DeadlineExceededException.class)
			.withMessageContaining("task of executor '%s'", executor.getName());
		assertThat(gate.interrupted()).isEqualTo(1);
	}

	@Test
	void deadlineWhenPassedInQueueFailsFutureAtItsDeadline() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 2,
				(builder) -> builder.queueTimeout(Duration.ofMinutes(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		CompletableFuture<Integer> future = within(Duration.ofSeconds(1),
				() -> executor.submitCompletable(runs::incrementAndGet));

		this.timer.advance(Duration.ofSeconds(1));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(DeadlineExceededException.class)
			.withMessageContaining("queue of executor '%s'", executor.getName())
			.satisfies((ex) -> assertThat(ex.getCause())
				.asInstanceOf(InstanceOfAssertFactories.type(DeadlineExceededException.class))
				.satisfies((exceeded) -> {
					assertThat(exceeded.getBudget()).isEqualTo(Duration.ofSeconds(1));
					assertThat(exceeded.getElapsed()).isEqualTo(Duration.ofSeconds(1));
				}));
		assertThat(executor.getRunningCount()).isEqualTo(1);
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.DEADLINE_PASSED, 1L);
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
	}

	@Test
	void deadlineWhenPassedUnnoticedIsNotStarted() throws Exception {
		// The timer is late: the task is dequeued first.
		BoundedExecutor executor = this.executors.manual(1, 2, (builder) -> {
		});
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		Future<Integer> future = within(Duration.ofSeconds(1), () -> executor.submit(runs::incrementAndGet));
		this.timer.advanceUnnoticed(Duration.ofSeconds(1));

		gate.open();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(DeadlineExceededException.class);
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
		BoundedExecutorStats stats = executor.getStats();
		assertThat(stats.rejected()).containsExactly(Map.entry(RejectionReason.DEADLINE_PASSED, 1L));
		assertThat(stats.completed()).as("counted once").isEqualTo(1);
	}

	@Test
	void deadlineWhenPassedBeforeSubmissionRunsNothing() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 2, (builder) -> {
		});
		AtomicInteger runs = new AtomicInteger();
		AtomicReference<@Nullable Future<?>> future = new AtomicReference<>();

		Deadline.after(Duration.ZERO, this.timer).run("test", () -> {
			future.set(executor.submit(runs::incrementAndGet));
			Thread.interrupted();
		});

		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
		Future<?> failed = future.get();
		assertThat(failed).isNotNull();
		assertThat(failed.state()).isEqualTo(Future.State.FAILED);
	}

	@Test
	void queueTimeoutWhenTaskLeavesQueueLeavesNothingArmed() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10, (builder) -> builder.queueTimeout(Duration.ofHours(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<?> cancelled = executor.submit(gate.task());
		Future<?> removed = executor.submit(gate.task());
		Future<?> run = executor.submit(gate.task());
		executor.submitCompletable(gate.task()).cancel(true);
		assertThat(this.timer.armed()).isEqualTo(3);

		cancelled.cancel(false);
		executor.remove((Runnable) removed);
		assertThat(this.timer.armed()).isEqualTo(1);
		gate.open();
		run.get();

		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void queueTimeoutRunsCallbacksOnThreadOfItsOwn() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
		CountDownLatch called = new CountDownLatch(1);
		CompletableFuture<Void> future = executor.submitCompletable(gate.task());
		CompletableFuture<Void> callback = future.whenComplete((value, ex) -> {
			thread.set(Thread.currentThread());
			called.countDown();
		});

		this.timer.advance(Duration.ofSeconds(1));

		called.await();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(callback::get);
		assertThat(thread.get()).isNotNull().isNotSameAs(Thread.currentThread());
		gate.open();
	}

	@Test
	void queueTimeoutWhenCallbackBlocksHoldsUpNoOtherTask() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<Void> first = executor.submitCompletable(gate.task());
		CompletableFuture<Void> second = executor.submitCompletable(gate.task());
		CompletableFuture<String> waiting = first.handle((value, ex) -> second.handle((x, y) -> "done").join());

		this.timer.advance(Duration.ofSeconds(1));

		assertThat(waiting.get()).isEqualTo("done");
		gate.open();
	}

	@Test
	void queueTimeoutOfManyTasksFailsThemAll() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10_000,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		List<Future<?>> futures = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			futures.add(executor.submit(gate.task()));
		}

		this.timer.advance(Duration.ofSeconds(1));

		for (Future<?> future : futures) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get);
		}
		gate.open();
	}

	@Test
	void queueTimeoutOfLastTaskAfterShutdownTerminatesAfterItsFutureEnded() throws Exception {
		AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
		BoundedExecutor executor = this.executors.manual(1, 10,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)).listener(new BoundedExecutorListener() {

					@Override
					public void terminated(BoundedExecutor executor) {
						thread.set(Thread.currentThread());
					}

				}));
		Gate gate = new Gate();
		gate.occupy(executor);
		CountDownLatch callback = new CountDownLatch(1);
		CompletableFuture<String> future = executor.submitCompletable(() -> "value").whenComplete((value, ex) -> {
			try {
				callback.await();
			}
			catch (InterruptedException interrupted) {
				throw new AssertionError(interrupted);
			}
		});
		executor.shutdown();
		this.timer.advance(Duration.ofSeconds(1));
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(executor.isTerminated()).isFalse();

		callback.countDown();

		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(future.handle((value, ex) -> ex).get()).hasCauseInstanceOf(QueueTimeoutException.class);
		assertThat(thread.get()).isNotNull().isNotSameAs(Thread.currentThread());
	}

	@Test
	void queueTimeoutAdmitsWaitingSubmitter() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 1,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)).whenFull(OverloadPolicy.WAIT));
		Gate gate = new Gate();
		gate.saturate(executor);
		CompletableFuture<Void> submission = CompletableFuture.runAsync(() -> executor.execute(() -> {
		}), Thread::startVirtualThread);
		TestExecutors.eventually("waiting").until(() -> executor.getStats().waitingSubmitters() == 1);
		TestExecutors.eventually("armed").until(() -> this.timer.armed() == 2);

		this.timer.advance(Duration.ofSeconds(1));

		submission.get();
		gate.open();
	}

	private <T> T within(Duration time, Callable<T> work) throws Exception {
		return Deadline.after(time, this.timer).call("test", work);
	}

}
