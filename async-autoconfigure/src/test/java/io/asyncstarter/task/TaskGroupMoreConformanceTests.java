package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What asyncio's own tests say of task groups and no other test here does. Names in
 * comments are those of the tests.
 */
@Timeout(30)
class TaskGroupMoreConformanceTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test // taskgroup_02
	void taskThatIsForkedWhileAnotherRunsIsAwaitedToo() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> one = group.fork(first);
			first.awaitBegun();
			Subtask<Integer> two = group.fork(() -> {
				first.release();
				return 11;
			});

			group.join();

			assertThat(one.get()).isEqualTo("released");
			assertThat(two.get()).isEqualTo(11);
		}
	}

	@Test // taskgroup_04
	void whenTaskFailsWhileTheOwnerJoinsNothingAfterTheGroupIsReached() {
		TestTasks.Blocking sibling = this.test.blocking();
		AtomicReference<Subtask<String>> cancelled = new AtomicReference<>();
		AtomicBoolean reached = new AtomicBoolean();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> {
			this.tasks.inGroup("test", (group) -> {
				cancelled.set(group.fork(sibling));
				group.fork(() -> {
					sibling.awaitBegun();
					throw new ArithmeticException("expected");
				});
				return null;
			});
			reached.set(true);
		}).satisfies((ex) -> assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class));

		assertThat(reached).isFalse();
		assertThat(cancelled.get().state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(sibling.wasInterrupted()).isTrue();
	}

	@Test // cancellation, taskgroup_22
	void whenOwnerIsInterruptedAfterItsBodyAllTasksSeeItAndItIsACancellation() throws Exception {
		List<TestTasks.Blocking> works = blocking(5);
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("test", (group) -> {
			works.forEach(group::fork);
			return null;
		}));
		for (TestTasks.Blocking work : works) {
			work.awaitBegun();
		}
		running.awaitBlocked();

		running.thread().interrupt();

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseExactlyInstanceOf(InterruptedException.class);
		assertThat(works).allMatch(TestTasks.Blocking::wasInterrupted);
	}

	@Test // taskgroup_08
	void whenOwnerIsInterruptedAndTasksFailInTheirCleanupAllFailuresAreKept() throws Exception {
		List<TestTasks.Blocking> works = blocking(5);
		TestTasks.Blocking body = this.test.blocking();
		AtomicReference<TaskGroupException> caught = new AtomicReference<>();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try {
				this.tasks.inGroup("test", (group) -> {
					forkFailingInCleanup(group, works);
					return body.call();
				});
			}
			catch (TaskGroupException ex) {
				caught.set(ex);
			}
			return Thread.currentThread().isInterrupted();
		});
		body.awaitBegun();

		running.thread().interrupt();

		assertThat(running.join()).as("interrupt is still visible").isTrue();
		assertThat(caught.get().failures()).hasSize(5).hasOnlyElementsOfType(ArithmeticException.class);
	}

	@Test // taskgroup_10
	void whenBodyFailsAtOnceTasksAreCancelledBegunOrNot() {
		List<Subtask<String>> forked = new ArrayList<>();
		IllegalStateException error = new IllegalStateException("body");

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			forked.add(group.fork(this.test.blocking()));
			forked.add(group.fork(this.test.blocking()));
			throw error;
		})).satisfies((ex) -> assertThat(ex.failures()).containsExactly(error));

		assertThat(forked).extracting(Subtask::state).containsOnly(Subtask.State.CANCELLED);
	}

	@Test // taskgroup_12
	void whenOwnerOfNestedGroupsIsInterruptedOuterTasksAreCancelledAndInnerFailuresStayNested() throws Exception {
		TestTasks.Blocking outside = this.test.blocking();
		List<TestTasks.Blocking> works = blocking(5);
		TestTasks.Blocking body = this.test.blocking();
		AtomicReference<TaskGroupException> caught = new AtomicReference<>();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try {
				this.tasks.inGroup("outer", (outer) -> {
					outer.fork(outside);
					outside.awaitBegun();
					return this.tasks.inGroup("inner", (inner) -> {
						forkFailingInCleanup(inner, works);
						return body.call();
					});
				});
			}
			catch (TaskGroupException ex) {
				caught.set(ex);
			}
			return Thread.currentThread().isInterrupted();
		});
		body.awaitBegun();

		running.thread().interrupt();

		assertThat(running.join()).as("interrupt is still visible").isTrue();
		assertThat(outside.wasInterrupted()).isTrue();
		assertThat(caught.get().failures()).singleElement()
			.isInstanceOfSatisfying(TaskGroupException.class, (inner) -> assertThat(inner.failures()).hasSize(5)
				.hasOnlyElementsOfType(ArithmeticException.class));
	}

	@Test // taskgroup_14
	void whenInnerTaskFailsTheOuterTaskIsCancelledAndTheFailureStaysNested() {
		TestTasks.Blocking outside = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			outer.fork(outside);
			return this.tasks.inGroup("inner", (inner) -> inner.fork(() -> {
				outside.awaitBegun();
				throw new ArithmeticException("expected");
			}));
		})).satisfies((ex) -> {
			assertThat(ex.getGroupName()).isEqualTo("outer");
			assertThat(ex.failures()).singleElement()
				.isInstanceOfSatisfying(TaskGroupException.class, (inner) -> assertThat(inner.failures()).hasSize(1)
					.hasOnlyElementsOfType(ArithmeticException.class));
		});
		assertThat(outside.wasInterrupted()).isTrue();
	}

	@Test // taskgroup_16
	void whenTaskOwnsAGroupWhoseTaskFailsDuringItsCancelledCleanupTheFailureWins() {
		TestTasks.Blocking body = this.test.blocking();
		CountDownLatch cleaning = new CountDownLatch(1);

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			Subtask<String> nested = outer.fork("nested", () -> this.tasks.inGroup("inner", (inner) -> {
				inner.fork(() -> {
					awaitUninterruptibly(cleaning);
					throw new ArithmeticException("expected");
				});
				try {
					return body.call();
				}
				catch (InterruptedException ex) {
					cleaning.countDown();
					throw ex;
				}
			}));
			body.awaitBegun();
			nested.cancel();
			outer.join();
			return null;
		})).satisfies((ex) -> assertThat(ex.failures(ArithmeticException.class)).hasSize(1));
	}

	@Test // taskgroup_18
	void whenInterruptedBodyFailsForAReasonOfItsOwnThatIsTheFailure() throws Exception {
		TestTasks.Blocking body = this.test.blocking();
		IllegalStateException own = new IllegalStateException("instead of the cancellation");
		AtomicReference<TaskGroupException> caught = new AtomicReference<>();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try {
				this.tasks.inGroup("test", (group) -> {
					try {
						return body.call();
					}
					catch (InterruptedException ex) {
						throw own;
					}
				});
			}
			catch (TaskGroupException ex) {
				caught.set(ex);
			}
			return Thread.currentThread().isInterrupted();
		});
		body.awaitBegun();

		running.thread().interrupt();

		assertThat(running.join()).as("the body has swallowed the interrupt").isFalse();
		assertThat(caught.get().failures()).containsExactly(own);
	}

	@Test // taskgroup_20
	void fatalErrorInTheCleanupOfTheBodyIsNotWrappedAndHasTheOtherFailure() {
		TestTasks.Blocking body = this.test.blocking();
		OutOfMemoryError fatal = new OutOfMemoryError("expected");

		OutOfMemoryError thrown = catchThrowableOfType(OutOfMemoryError.class,
				() -> this.tasks.inGroup("test", (group) -> {
					group.fork(() -> {
						body.awaitBegun();
						throw new ArithmeticException("expected");
					});
					try {
						return body.call();
					}
					catch (InterruptedException ex) {
						throw fatal;
					}
				}));

		assertThat(thrown).isSameAs(fatal);
		assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(ArithmeticException.class);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // taskgroup_24
	void tasksThatATaskForksWhileTheOwnerJoinsAreAwaited() throws Exception {
		AtomicInteger done = new AtomicInteger();
		CountDownLatch joining = new CountDownLatch(1);

		TestTasks.Running<Integer> running = this.test.start(() -> {
			this.tasks.inGroup("test", (group) -> group.fork(() -> {
				joining.await();
				group.fork(done::incrementAndGet);
				group.fork(() -> group.fork(done::incrementAndGet));
				return null;
			}));
			return done.get();
		}).awaitBlocked();
		joining.countDown();

		assertThat(running.join()).isEqualTo(2);
	}

	@Test // taskgroup_task_name, name
	void taskHasItsNameOutsideAndInside() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> task = group.fork("yolo", () -> Thread.currentThread().getName());
			group.join();

			assertThat(task.getName()).isEqualTo("yolo");
			assertThat(task.get()).isEqualTo("yolo");
		}
	}

	@Test // taskgroup_no_create_task_after_failure
	void cancelledTaskCannotForkAndThatAddsNoFailure() {
		TestTasks.Blocking second = this.test.blocking();
		AtomicBoolean ran = new AtomicBoolean();
		AtomicReference<Subtask<?>> late = new AtomicReference<>();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				second.awaitBegun();
				throw new ArithmeticException("expected");
			});
			group.fork(() -> {
				try {
					return second.call();
				}
				catch (InterruptedException ex) {
					late.set(group.fork("late", () -> ran.set(true)));
					throw ex;
				}
			});
			return null;
		})).satisfies((ex) -> assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class));

		assertThat(late.get().state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(ran).isFalse();
	}

	@Test // taskgroup_already_entered, taskgroup_double_enter
	void groupThatIsJoinedAndClosedIsOverForGood() throws Exception {
		TaskGroup group = this.tasks.group("test");
		group.join();
		assertThatIllegalStateException().isThrownBy(group::join);
		group.close();

		assertThatIllegalStateException().isThrownBy(group::join);
		assertThatIllegalStateException().isThrownBy(() -> group.fork(() -> 1));
		group.close();
	}

	@Test // nested_groups_both_cancelled
	void whenTasksOfInnerAndOuterGroupFailTheHandledInnerFailureLeavesTheOuterOne() {
		AtomicReference<TaskGroupException> handled = new AtomicReference<>();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			try {
				this.tasks.inGroup("inner", (inner) -> {
					inner.fork(() -> {
						throw new ArithmeticException("inner");
					});
					outer.fork(() -> {
						throw new IllegalStateException("outer");
					});
					TestTasks.spinUntil(() -> inner.isCancelled() && outer.isCancelled());
					return this.test.blocking().call();
				});
			}
			catch (TaskGroupException ex) {
				handled.set(ex);
			}
			return this.test.blocking().call();
		})).satisfies((ex) -> assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(IllegalStateException.class));

		assertThat(handled.get().failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // cancels_task_if_created_during_creation
	void taskThatHasForkedAFailingOneIsCancelledToo() {
		TestTasks.Blocking second = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class)
			.isThrownBy(() -> this.tasks.inGroup("test", (group) -> group.fork(() -> {
				group.fork(() -> {
					throw new ArithmeticException("third");
				});
				return second.call();
			})))
			.satisfies((ex) -> assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class));

		assertThat(second.wasInterrupted()).isTrue();
	}

	@Test // cancellation_does_not_leak_out_of_tg
	void whenAggregateWasCaughtTheOwnerCanBlock() throws Exception {
		assertThatExceptionOfType(TaskGroupException.class)
			.isThrownBy(() -> this.tasks.inGroup("test", (group) -> group.fork(() -> {
				throw new ArithmeticException("expected");
			})));

		assertThat(new CountDownLatch(0).await(1, TimeUnit.SECONDS)).isTrue();
	}

	@Test // timeout_taskgroup
	void whenDeadlineAroundPassesAndATaskFailsInItsCleanupTheFailureIsThrownAndCarriesTheTimeout() {
		List<TestTasks.Blocking> works = blocking(1);
		TestTasks.Blocking body = this.test.blocking();

		TaskGroupException thrown = catchThrowableOfType(TaskGroupException.class,
				() -> Deadline.after(Duration.ofMillis(10), this.test.timer())
					.call("around", () -> this.tasks.inGroup("test", (group) -> {
						forkFailingInCleanup(group, works);
						this.test.timer().advance(Duration.ofMillis(10));
						return body.call();
					})));

		assertThat(thrown.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class);
		assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(DeadlineExceededException.class);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // outer_task_is_not_cancelled
	void taskThatHandlesATimeoutOfItsOwnIsNotCancelled() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<Boolean> task = group.fork(() -> {
				assertThatExceptionOfType(DeadlineExceededException.class)
					.isThrownBy(() -> Deadline.within(Duration.ofNanos(1), () -> this.test.blocking().call()));
				return Thread.currentThread().isInterrupted();
			});
			group.join();

			assertThat(task.get()).isFalse();
		}
	}

	@Test // taskgroup_cancel_body, taskgroup_cancel_idempotent (3.15)
	void bodyThatCancelsItsGroupIsCancelledWhereItBlocksNextAndTheGroupEndsNormally() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		AtomicInteger steps = new AtomicInteger();

		this.tasks.inGroup("test", (group) -> {
			group.fork(work);
			work.awaitBegun();
			group.cancel("enough");
			group.cancel("enough already");
			steps.incrementAndGet();
			this.test.blocking().call();
			return steps.incrementAndGet();
		});

		assertThat(steps).hasValue(1);
		assertThat(work.wasInterrupted()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // taskgroup_cancel_after_exit (3.15)
	void cancelAfterTheEndHasNoEffect() throws Exception {
		AtomicReference<TaskGroup> left = new AtomicReference<>();
		this.tasks.inGroup("test", (group) -> {
			left.set(group);
			return null;
		});

		left.get().cancel("too late");

		assertThat(left.get().isCancelled()).isFalse();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // taskgroup_cancel_before_create_task (3.15)
	void forkAfterTheCancellationNeverRuns() throws Exception {
		AtomicBoolean ran = new AtomicBoolean();

		Subtask<?> late = this.tasks.inGroup("test", (group) -> {
			group.cancel("enough");
			return group.fork(() -> ran.set(true));
		});

		assertThat(late.state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(ran).isFalse();
	}

	@Test // taskgroup_cancel_before_exception, taskgroup_cancel_after_exception (3.15)
	void failureOfATaskThatHasCancelledItsGroupIsThrown() {
		TestTasks.Blocking body = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				body.awaitBegun();
				group.cancel("enough");
				throw new ArithmeticException("expected");
			});
			return body.call();
		})).satisfies((ex) -> assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class));

		assertThat(body.wasInterrupted()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void taskInPlaceThatCancelsTheGroupIsLeftAloneAndSoIsItsOwner() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("one").maxConcurrency(1).build()) {
			Boolean interrupted = executor
				.submit(() -> this.tasks.inGroup("test", (options) -> options.executor(executor), (group) -> {
					Subtask<Boolean> inPlace = group.fork(() -> {
						group.cancel("found");
						return Thread.currentThread().isInterrupted();
					});
					group.join();
					return inPlace.get() || Thread.currentThread().isInterrupted();
				}))
				.get();

			assertThat(interrupted).isFalse();
		}
	}

	private List<TestTasks.Blocking> blocking(int count) {
		List<TestTasks.Blocking> works = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			works.add(this.test.blocking());
		}
		return works;
	}

	private static void forkFailingInCleanup(TaskGroup group, List<TestTasks.Blocking> works)
			throws InterruptedException {
		for (TestTasks.Blocking work : works) {
			group.fork(() -> {
				try {
					return work.call();
				}
				finally {
					TestTasks.fail(new ArithmeticException("cleanup"));
				}
			});
			work.awaitBegun();
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		TestTasks.spinUntil(() -> latch.getCount() == 0);
	}

}
