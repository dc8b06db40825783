package io.asyncstarter.task;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for background tasks.
 */
@Timeout(30)
class BackgroundTaskTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final ConcurrentLinkedQueue<Throwable> reported = new ConcurrentLinkedQueue<>();

	@RegisterExtension
	private final TestTasks test = new TestTasks((builder) -> builder.maxBackground(3).listener(new TaskListener() {

		@Override
		public void backgroundFailed(String name, Throwable failure) {
			BackgroundTaskTests.this.reported.add(failure);
		}

	}));

	private final Tasks tasks = this.test.get();

	private final ArithmeticException expected = new ArithmeticException("expected in the log");

	@Test
	void getReturnsTheResult() throws Exception {
		BackgroundTask<Integer> task = this.tasks.background("test", () -> 42);

		assertThat(task.get()).isEqualTo(42);
		assertThat(task.get(SECOND)).isEqualTo(42);
		assertThat(task.toCompletableFuture().join()).isEqualTo(42);
		assertThat(task.state()).isEqualTo(Subtask.State.SUCCESS);
		assertThat(task.getName()).isEqualTo("test");
		assertThat(task.cancel()).isFalse();
	}

	@Test
	void taskIsListedUntilItHasEnded() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", work);
		work.awaitBegun();

		assertThat(this.tasks.tree().roots()).singleElement().satisfies((node) -> {
			assertThat(node.kind()).isEqualTo(TaskNode.Kind.BACKGROUND);
			assertThat(node.name()).isEqualTo("test");
			assertThat(node.state()).isEqualTo(TaskNode.State.RUNNING);
			assertThat(node.threadName()).isEqualTo("test");
		});
		work.release();
		task.get();

		assertThat(this.tasks.tree().roots()).isEmpty();
		assertThat(this.tasks.getBackgroundStats()).isEqualTo(new BackgroundStats(0, 3, 1, 1, 0, 0, 0, 0));
	}

	@Test // C11
	void failureThatNobodyAsksForIsReportedOnce() {
		BackgroundTask<?> task = failing();
		advanceUntilReported(1);

		assertThat(this.reported).containsExactly(this.expected);
		assertThat(task.exception()).isSameAs(this.expected);
		assertThat(this.tasks.getBackgroundStats()).isEqualTo(new BackgroundStats(0, 3, 1, 0, 1, 0, 0, 1));
	}

	@Test // C11
	void failureThatSomebodyHasAskedForIsNotReported() throws Exception {
		BackgroundTask<?> first = failing();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(first::get).withCause(this.expected);
		BackgroundTask<?> second = failing();
		CompletableFuture<?> future = second.toCompletableFuture();
		TestTasks.spinUntil(future::isDone);
		BackgroundTask<?> third = failing();
		TestTasks.spinUntil(() -> third.state() == Subtask.State.FAILED);
		assertThat(third.exception()).isSameAs(this.expected);
		TestTasks.eventually("timer to be disarmed").until(() -> this.test.timer().armed() == 0);

		this.test.timer().advance(SECOND);

		assertThat(this.tasks.drain(SECOND)).isTrue();
		assertThat(this.reported).isEmpty();
	}

	@Test // C11
	void cancelledTaskIsNotReported() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", work);
		work.awaitBegun();

		assertThat(task.cancel()).isTrue();

		assertThatExceptionOfType(CancellationException.class).isThrownBy(task::get);
		assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(this.tasks.drain(SECOND)).isTrue();
		assertThat(this.reported).isEmpty();
		assertThat(this.tasks.getBackgroundStats().cancelled()).isEqualTo(1);
	}

	@Test // F03
	void failureOfTheCleanupOfACancelledTaskIsReportedByTheDrain() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		this.tasks.background("test", () -> {
			try {
				work.call();
			}
			catch (InterruptedException ex) {
				throw this.expected;
			}
		});
		work.awaitBegun();

		this.tasks.cancelAll("test");

		assertThat(this.tasks.drain(SECOND)).isTrue();
		TestTasks.eventually("report").until(() -> this.reported.size() == 1);
		this.test.timer().advance(SECOND);
		assertThat(this.reported).containsExactly(this.expected);
	}

	@Test
	void getWithATimeLimitLeavesTheTaskRunning() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", work);

		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> task.get(Duration.ofMillis(1)));

		work.release();
		assertThat(task.get()).isEqualTo("released");
	}

	@Test
	void endingTheFutureDoesNotAffectTheTask() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", work);
		task.toCompletableFuture().cancel(true);
		work.release();

		assertThat(task.get()).isEqualTo("released");
	}

	@Test
	void deadlineOfTheCallerIsNotInheritedUnlessAskedFor() throws Exception {
		Deadline caller = Deadline.after(SECOND, this.test.timer());
		BackgroundTask<Deadline> free = caller.call("caller",
				() -> this.tasks.<Deadline>background("free", Deadline::current));
		BackgroundTask<Duration> bound = caller.call("caller", () -> this.tasks.<Duration>background("bound",
				BackgroundOptions.builder().inheritDeadline().build(), () -> Deadline.current().remaining()));

		assertThat(free.get().isUnbounded()).isTrue();
		assertThat(bound.get()).isEqualTo(SECOND);
	}

	@Test
	void taskHasADeadlineOfItsOwn() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test",
				BackgroundOptions.builder().deadline(SECOND).build(), work);
		work.awaitBegun();

		this.test.timer().advance(SECOND);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(task::get)
			.withCauseExactlyInstanceOf(DeadlineExceededException.class);
	}

	@Test
	void tooManyTasksAreRefused() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		List<BackgroundTask<String>> running = List.of(this.tasks.background("one", work),
				this.tasks.background("two", work), this.tasks.background("three", work));

		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.tasks.background("four", work))
			.withMessage("There is no room for background task 'four': 3 of at most 3 are active. "
					+ "Raise the limit, or find out why they do not end");
		work.release();
		for (BackgroundTask<String> task : running) {
			task.get();
		}
		assertThat(this.tasks.background("four", work).get()).isEqualTo("released");
		assertThat(this.tasks.getBackgroundStats().rejected()).isEqualTo(1);
	}

	@Test
	void taskOnAnExecutorThatRefusesItFails() throws Exception {
		BoundedExecutor executor = BoundedExecutor.builder("test").build();
		executor.close();

		BackgroundTask<Integer> task = this.tasks.background("test",
				BackgroundOptions.builder().executor(executor).build(), () -> 1);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(task::get)
			.withCauseInstanceOf(RejectedExecutionException.class);
		assertThat(this.tasks.getBackgroundStats().active()).isZero();
	}

	@Test
	void cancelledTaskInTheQueueOfAnExecutorLeavesIt() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("test").maxConcurrency(1).build()) {
			BackgroundOptions options = BackgroundOptions.builder().executor(executor).build();
			TestTasks.Blocking work = this.test.blocking();
			BackgroundTask<String> first = this.tasks.background("first", options, work);
			work.awaitBegun();
			BackgroundTask<Integer> second = this.tasks.background("second", options, () -> 1);

			assertThat(second.cancel()).isTrue();

			assertThat(executor.getQueuedCount()).isZero();
			assertThat(second.state()).isEqualTo(Subtask.State.CANCELLED);
			work.release();
			first.get();
		}
	}

	@Test
	void periodicTaskRunsAgainAfterEachEndAndAfterFailures() throws Exception {
		Semaphore ran = new Semaphore(0);
		AtomicInteger runs = new AtomicInteger();
		BackgroundTask<?> task = this.tasks.background("test", BackgroundOptions.builder().every(SECOND).build(),
				() -> {
					int run = runs.incrementAndGet();
					ran.release();
					if (run == 2) {
						throw this.expected;
					}
				});
		for (int i = 1; i <= 4; i++) {
			assertThat(ran.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
			TestTasks.eventually("next run to be scheduled").until(() -> this.test.timer().armed() == 1);
			assertThat(this.tasks.tree().roots()).singleElement()
				.extracting(TaskNode::state)
				.isEqualTo(TaskNode.State.SCHEDULED);
			this.test.timer().advance(SECOND.minusMillis(1));
			assertThat(runs).hasValue(i);
			this.test.timer().advance(Duration.ofMillis(1));
		}
		assertThat(ran.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
		TestTasks.eventually("next run to be scheduled").until(() -> this.test.timer().armed() == 1);

		assertThat(task.cancel()).isTrue();

		assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(this.reported).containsExactly(this.expected);
		assertThat(this.tasks.getBackgroundStats()).isEqualTo(new BackgroundStats(0, 3, 5, 4, 1, 0, 0, 1));
	}

	@Test
	void cancelOfAPeriodicTaskInterruptsItsRun() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", BackgroundOptions.builder().every(SECOND).build(),
				work);
		work.awaitBegun();

		task.cancel();

		assertThatExceptionOfType(CancellationException.class).isThrownBy(task::get);
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void drainTakesNoMoreTasksAndWaitsForThoseThatThereAre() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", work);
		BackgroundTask<?> periodic = this.tasks.background("periodic",
				BackgroundOptions.builder().every(SECOND).build(), () -> {
				});
		TestTasks.eventually("next run to be scheduled").until(() -> this.test.timer().armed() == 1);
		TestTasks.Running<Boolean> drain = this.test.start(() -> this.tasks.drain(Duration.ofSeconds(10)))
			.awaitBlocked();

		assertThat(periodic.state()).isEqualTo(Subtask.State.CANCELLED);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.tasks.background("late", () -> 1))
			.withMessage("Background task 'late' was not started: the application is shutting down");
		assertThat(this.tasks.<Integer>inGroup("late", (group) -> 1)).isEqualTo(1);
		assertThat(drain.task().isDone()).isFalse();
		work.release();

		assertThat(drain.join()).isTrue();
		assertThat(task.get()).isEqualTo("released");
	}

	@Test
	void drainGivesUpWhenItsTimeIsOver() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		BackgroundTask<String> task = this.tasks.background("test", work);
		TestTasks.Running<Boolean> drain = this.test.start(() -> this.tasks.drain(SECOND)).awaitBlocked();

		this.test.timer().advance(SECOND);

		assertThat(drain.join()).isFalse();
		assertThat(this.tasks.tree().roots()).hasSize(1);
		this.tasks.cancelAll("shutdown");
		assertThat(this.tasks.drain(SECOND)).isTrue();
		assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
	}

	@Test
	void cancelAllCancelsGroupsToo() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(work);
			return null;
		}));
		work.awaitBegun();

		this.tasks.cancelAll("shutdown");

		assertThat(running.join()).isNull();
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void timesLongerThanCanBeCountedInNanosecondsAreAsGoodAsForEver() throws Exception {
		Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
		Tasks patient = Tasks.builder().timer(this.test.timer()).reportAfter(forever).build();
		CountDownLatch ran = new CountDownLatch(1);
		BackgroundTask<?> periodic = patient.background("periodic", BackgroundOptions.builder().every(forever).build(),
				() -> ran.countDown());
		ran.await();
		BackgroundTask<?> failed = patient.background("failed", () -> {
			throw this.expected;
		});
		TestTasks.spinUntil(() -> failed.state() == Subtask.State.FAILED);
		TestTasks.eventually("next run to be scheduled").until(() -> this.test.timer().armed() == 2);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> failed.get(forever));
		assertThat(periodic.cancel()).isTrue();
		assertThat(patient.drain(forever)).isTrue();
	}

	@Test
	void jitterSpreadsTheRuns() throws Exception {
		CountDownLatch ran = new CountDownLatch(1);
		BackgroundTask<?> task = this.tasks.background("test",
				BackgroundOptions.builder().every(SECOND).jitter(0.5).build(), () -> ran.countDown());
		ran.await();
		TestTasks.eventually("next run to be scheduled").until(() -> this.test.timer().armed() == 1);

		this.test.timer().advance(Duration.ofMillis(499));
		assertThat(this.test.timer().armed()).isEqualTo(1);
		this.test.timer().advance(Duration.ofMillis(1001));

		TestTasks.eventually("second run").until(() -> this.tasks.getBackgroundStats().succeeded() >= 2);
		task.cancel();
	}

	@Test
	void optionsThatMakeNoSenseAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> BackgroundOptions.builder().every(Duration.ZERO).build())
			.withMessage("'every' must be longer than zero but was PT0S");
		assertThatIllegalArgumentException().isThrownBy(() -> BackgroundOptions.builder().jitter(2).build())
			.withMessage("'jitter' must be from 0 to 1 but was 2.0");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> BackgroundOptions.builder().deadline(Duration.ofSeconds(-1)).build())
			.withMessage("'deadline' must be longer than zero but was PT-1S");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> BackgroundOptions.builder().every(SECOND).inheritDeadline().build())
			.withMessage("'inheritDeadline' must not be set for a periodic task, which outlives its caller");
	}

	private BackgroundTask<?> failing() {
		return this.tasks.background("test", () -> {
			throw this.expected;
		});
	}

	private void advanceUntilReported(int count) {
		TestTasks.eventually("report to be scheduled").until(() -> this.test.timer().armed() == count);
		this.test.timer().advance(SECOND);
		TestTasks.eventually("report").until(() -> this.reported.size() == count);
	}

}
