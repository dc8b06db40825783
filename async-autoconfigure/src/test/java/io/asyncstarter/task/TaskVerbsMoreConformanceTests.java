package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.sync.Party;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What asyncio's own tests say of tasks, gather, wait, wait_for, as_completed, shield and
 * the end of an application and no other test here does. Names in comments are those of
 * the tests.
 */
@Timeout(30)
class TaskVerbsMoreConformanceTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test // cancel_current_task
	void taskThatCancelsItselfIsCancelledWhereItBlocksNext() throws Exception {
		AtomicReference<Subtask<String>> self = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		try (TaskGroup group = this.tasks.group("test")) {
			self.set(group.fork(() -> {
				known.await();
				assertThat(self.get().cancel()).isTrue();
				return this.test.blocking().call();
			}));
			known.countDown();
			group.join();

			assertThat(self.get().state()).isEqualTo(Subtask.State.CANCELLED);
		}
	}

	@Test // cancel_task_catching
	void taskThatAnswersItsCancellationWithAValueHasSucceeded() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> task = group.fork(() -> {
				try {
					return work.call();
				}
				catch (InterruptedException ex) {
					return "caught";
				}
			});
			work.awaitBegun();
			task.cancel();
			group.join();

			assertThat(task.get()).isEqualTo("caught");
		}
	}

	@Test // cancel_inner_future
	void taskThatHandlesTheCancellationOfAnotherOneIsNotCancelledItself() throws Exception {
		TestTasks.Blocking inner = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> awaited = group.fork("inner", inner);
			Subtask<Boolean> waiter = group.fork("waiter", () -> {
				assertThatExceptionOfType(CancellationException.class)
					.isThrownBy(() -> this.tasks.withTimeout(SECOND, awaited));
				return Thread.currentThread().isInterrupted();
			});
			inner.awaitBegun();
			awaited.cancel();
			group.join();

			assertThat(waiter.get()).isFalse();
		}
	}

	@Test // a cancelled future raises CancelledError
	void resultOfACancelledTaskIsACancellation() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> task = group.fork("asleep", this.test.blocking());
			task.cancel();
			group.join();

			assertThatExceptionOfType(CancellationException.class).isThrownBy(task::get)
				.withMessage("Subtask 'asleep' of group 'test' has no result, it was cancelled");
		}
	}

	@Test // cancel_gather_1
	void gatherIsOverWhenItsWorkIsSoCancellingItLaterChangesNothing() throws Exception {
		List<Integer> results = this.tasks.gather(() -> 1, () -> 2);

		this.tasks.cancelAll("test");

		assertThat(results).containsExactly(1, 2);
	}

	@Test // gather one_cancellation, from outside
	void gatherThatIsCancelledFromOutsideFailsWithACancellation() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		TestTasks.Running<List<String>> running = this.test.start(() -> this.tasks.gather(first, second));
		first.awaitBegun();
		second.awaitBegun();

		this.tasks.cancelAll("test");

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseInstanceOf(CancellationException.class);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void raceThatIsCancelledFromOutsideFailsWithACancellation(boolean someHaveFailed) throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		List<Callable<String>> works = new ArrayList<>(List.of(first));
		if (someHaveFailed) {
			works.add(() -> {
				throw new ArithmeticException("lost");
			});
		}
		TestTasks.Running<String> running = this.test.start(() -> this.tasks.race(works)).awaitBlocked();
		first.awaitBegun();
		Party.until(() -> this.tasks.tree().roots().getFirst().children().size() == 1);

		this.tasks.cancelAll("test");

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseInstanceOf(CancellationException.class);
	}

	@Test // gather result_exception_one_cancellation, return_exceptions
	void settleTellsResultsFailuresAndCancellationsApart() throws Exception {
		ArithmeticException failure = new ArithmeticException("expected");

		List<Outcome<String>> outcomes = this.tasks.settle(() -> {
			throw new CancellationException("one");
		}, () -> {
			throw failure;
		}, () -> "value");

		assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(false, false, true);
		assertThat(outcomes.get(0)).isInstanceOf(Outcome.Cancelled.class);
		assertThat(outcomes.get(1).failure()).containsSame(failure);
	}

	@Test // gather duplicate_coroutines
	void gatherOfTheSameWorkTwiceDoesItTwice() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Callable<Integer> work = runs::incrementAndGet;

		assertThat(this.tasks.gather(work, work)).containsExactlyInAnyOrder(1, 2);
	}

	@Test // wait_with_timeout, wait_concurrent_complete
	void awaitForATimeReturnsWhatHasEndedAndLeavesTheRestRunning() throws Exception {
		CompletableFuture<String> soon = new CompletableFuture<>();
		CompletableFuture<String> late = new CompletableFuture<>();
		TestTasks.Running<Awaited<CompletableFuture<String>>> waiter = this.test
			.start(() -> this.tasks.await(List.of(soon, late), Until.ALL, SECOND));
		this.test.timer().awaitArmed(1);
		soon.complete("soon");

		this.test.timer().advance(SECOND);

		assertThat(waiter.join().done()).containsExactly(soon);
		assertThat(waiter.join().pending()).containsExactly(late);
		assertThat(late.isDone()).isFalse();
	}

	@Test // wait_first_exception without any
	void awaitOfTheFirstFailureEndsWithTheLastTaskIfNoneFails() throws Exception {
		CompletableFuture<String> first = CompletableFuture.completedFuture("first");
		CompletableFuture<String> second = new CompletableFuture<>();
		TestTasks.Running<Awaited<CompletableFuture<String>>> waiter = this.test
			.start(() -> this.tasks.await(List.of(first, second), Until.FIRST_FAILED))
			.awaitBlocked();

		second.complete("second");

		assertThat(waiter.join().done()).containsExactly(first, second);
		assertThat(waiter.join().pending()).isEmpty();
	}

	@Test // as_completed_reverse_wait, as_completed_duplicate_coroutines
	void asCompletedTellsOfEachTaskOnceInTheOrderOfTheirEnds() {
		CompletableFuture<String> first = new CompletableFuture<>();
		CompletableFuture<String> second = CompletableFuture.completedFuture("second");
		try (Stream<CompletableFuture<String>> completed = this.tasks.asCompleted(List.of(first, second, first))) {
			Iterator<CompletableFuture<String>> iterator = completed.iterator();

			assertThat(iterator.next()).isSameAs(second);
			first.complete("first");
			assertThat(iterator.next()).isSameAs(first);
			assertThat(iterator.hasNext()).isFalse();
			assertThat(iterator.hasNext()).isFalse();
		}
	}

	@ParameterizedTest // wait_for_timeout_less_then_0_or_0_coroutine_do_not_started
	@ValueSource(longs = { 0, -1 })
	void workWithoutAnyTimeIsNotStarted(long seconds) {
		AtomicBoolean started = new AtomicBoolean();

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> this.tasks.withTimeout(Duration.ofSeconds(seconds), () -> {
				started.set(true);
				return "value";
			}));

		assertThat(started).isFalse();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // wait_for_cancelled, wait_for_self_cancellation
	void waiterThatIsCancelledWaitsForTheSubtaskThatHoldsUpItsCancellation() throws Exception {
		TestTasks.Blocking slow = this.test.blocking();
		AtomicReference<Subtask<String>> task = new AtomicReference<>();
		TestTasks.Running<String> owner = this.test.start(() -> this.tasks.inGroup("test", (group) -> {
			task.set(group.fork(slow::ignoringInterrupts));
			return this.tasks.withTimeout(SECOND, task.get());
		}));
		slow.awaitBegun();
		this.test.timer().awaitArmed(1);
		owner.awaitBlocked();

		owner.thread().interrupt();
		slow.awaitInterrupted();
		assertThat(owner.task().isDone()).isFalse();
		slow.release();

		assertThatExceptionOfType(Exception.class).isThrownBy(owner::join)
			.withCauseInstanceOf(InterruptedException.class);
		assertThat(task.get().get()).isEqualTo("released");
	}

	@Test // wait_for_reraises_exception_during_cancellation
	void failureOfTheCleanupOfASubtaskOutOfTimeIsThrownAsItIs() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		ArithmeticException failure = new ArithmeticException("cleanup");
		AtomicReference<Throwable> thrown = new AtomicReference<>();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			Subtask<String> task = group.fork(() -> {
				try {
					return work.call();
				}
				catch (InterruptedException ex) {
					throw failure;
				}
			});
			work.awaitBegun();
			thrown.set(
					catchThrowableOfType(ArithmeticException.class, () -> this.tasks.withTimeout(Duration.ZERO, task)));
			return null;
		})).satisfies((ex) -> assertThat(ex.failures()).containsExactly(failure));

		assertThat(thrown.get()).isSameAs(failure);
	}

	@Test // wait_for_waits_for_task_cancellation
	void timeoutOfASubtaskIsChainedToItsCancellation() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> task = group.fork("asleep", work);
			work.awaitBegun();

			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> this.tasks.withTimeout(Duration.ZERO, task))
				.withCauseExactlyInstanceOf(CancellationException.class);
		}
	}

	@Test // shield_cancel_inner
	void whenShieldedWorkIsCancelledItsCallerIsToldSo() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<String> caller = this.test.start(() -> this.tasks.shield("shielded", work));
		work.awaitBegun();

		this.tasks.cancelAll("test");

		assertThatExceptionOfType(Exception.class).isThrownBy(caller::join)
			.withCauseInstanceOf(CancellationException.class);
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test // shield_gather, gather_shield
	void whenTheCallerOfAShieldedGatherIsCancelledAllOfItEnds() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		CompletableFuture<List<String>> results = new CompletableFuture<>();
		TestTasks.Running<Boolean> caller = this.test
			.start(() -> this.tasks.shield("shielded", () -> results.complete(this.tasks.gather(first, second))));
		first.awaitBegun();
		second.awaitBegun();
		caller.awaitBlocked();

		caller.thread().interrupt();

		assertThatExceptionOfType(Exception.class).isThrownBy(caller::join)
			.withCauseInstanceOf(InterruptedException.class);
		first.release();
		second.release();
		assertThat(results.get()).containsExactly("released", "released");
	}

	@Test // run_closes_gens_after_hanging_tasks_errors
	@SuppressWarnings("try") // left without being joined, on purpose
	void whenBodyFailsLeftoverTasksHaveEndedAndItsErrorIsWhatIsThrown() {
		TestTasks.Blocking leftover = this.test.blocking();

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> {
			try (TaskGroup group = this.tasks.group("test")) {
				group.fork(() -> {
					try {
						return leftover.call();
					}
					catch (InterruptedException ex) {
						throw new ArithmeticException("cleanup");
					}
				});
				leftover.awaitBegun();
				throw new IllegalStateException("fancy exit");
			}
		})
			.withMessage("fancy exit")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.isInstanceOfSatisfying(TaskGroupException.class,
						(group) -> assertThat(group.failures(ArithmeticException.class)).hasSize(1)));
		assertThat(leftover.wasInterrupted()).isTrue();
	}

	@Test // run_cancels_hanging_tasks, double_close, second_with_block_raises
	void endOfTheApplicationCancelsWhatHangsAndNothingStartsAfterwards() throws Exception {
		TestTasks.Blocking leftover = this.test.blocking();
		BackgroundTask<String> background = this.tasks.background("leftover", leftover);
		leftover.awaitBegun();

		this.tasks.closeBackground();
		this.tasks.cancelAll("shutdown");

		assertThat(this.tasks.drain(Duration.ofSeconds(20))).isTrue();
		assertThat(this.tasks.drain(Duration.ofSeconds(20))).isTrue();
		assertThat(background.state()).isEqualTo(Subtask.State.CANCELLED);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.tasks.background("late", () -> 1));
	}

	@Test // interrupt_wait
	void interruptOfACallerWhoWaitsCancelsWhatItWaitsFor() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		AtomicReference<Subtask<String>> task = new AtomicReference<>();
		TestTasks.Running<Object> owner = this.test.start(() -> this.tasks.inGroup("test", (group) -> {
			task.set(group.fork(work));
			return this.tasks.await(List.of(task.get()), Until.ALL);
		}));
		work.awaitBegun();
		owner.awaitBlocked();

		owner.thread().interrupt();

		assertThatExceptionOfType(Exception.class).isThrownBy(owner::join)
			.withCauseInstanceOf(InterruptedException.class);
		assertThat(task.get().state()).isEqualTo(Subtask.State.CANCELLED);
	}

	@Test // to_thread_concurrent
	void manyPiecesOfBlockingWorkAreDoneAtATime() throws Exception {
		CountDownLatch all = new CountDownLatch(10);
		List<Callable<Integer>> works = IntStream.range(0, 10).<Callable<Integer>>mapToObj((number) -> () -> {
			all.countDown();
			all.await();
			return number;
		}).toList();

		assertThat(this.tasks.gather(works)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	}

	@Test // asyncgen: aclose of a generator that was not started
	void streamThatIsClosedUnreadDoesNothing() {
		AtomicInteger pulled = new AtomicInteger();
		Iterable<Integer> source = () -> IntStream.generate(pulled::incrementAndGet).iterator();

		this.tasks.mapping(source, 4, (item) -> item).stream().close();

		assertThat(pulled).hasValue(0);
	}

	@Test // asyncgen: after an exception there is nothing more
	void streamThatHasFailedHasNoMoreElements() {
		Iterator<Integer> results = this.tasks.<Integer, Integer>mapping(List.of(1, 2, 3), 1, (item) -> {
			if (item == 2) {
				throw new ArithmeticException("expected");
			}
			return item;
		}).stream().iterator();
		assertThat(results.next()).isEqualTo(1);

		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(results::hasNext);

		assertThat(results.hasNext()).isFalse();
	}

}
