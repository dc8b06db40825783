package io.asyncstarter.task;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the interruption of a group's owner, by the group and by others: none is
 * lost, and none of the group's is left behind. Names in comments are rows of the
 * conformance tables.
 */
@Timeout(30)
class TaskGroupCancellationTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test // A07
	void whenOwnerIsInterruptedInTheBodyItAndAllChildrenSeeIt() throws Exception {
		TestTasks.Blocking[] works = new TestTasks.Blocking[5];
		TestTasks.Blocking body = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("test", (group) -> {
			for (int i = 0; i < works.length; i++) {
				works[i] = this.test.blocking();
				group.fork(works[i]);
				works[i].awaitBegun();
			}
			return body.call();
		}));
		body.awaitBegun();

		running.thread().interrupt();

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseExactlyInstanceOf(InterruptedException.class);
		assertThat(body.wasInterrupted()).isTrue();
		assertThat(works).allMatch(TestTasks.Blocking::wasInterrupted);
	}

	@Test
	void whenOwnerIsInterruptedWhileItJoinsChildrenAreCancelledAndTheFlagIsClear() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test")) {
				group.fork(work);
				assertThatExceptionOfType(InterruptedException.class).isThrownBy(group::join);
			}
			return Thread.currentThread().isInterrupted();
		});
		work.awaitBegun();
		running.awaitBlocked();

		running.thread().interrupt();

		assertThat(running.join()).isFalse();
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void whenOwnerIsInterruptedBeforeItJoinsItIsCancelled() {
		TestTasks.Blocking work = this.test.blocking();

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(work);
			work.awaitBegun();
			Thread.currentThread().interrupt();
			group.join();
			return 0;
		}));

		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void whenOwnerIsInterruptedAgainDuringTheFinalWaitTheGroupIsStillAwaited() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test")) {
				group.fork(work::ignoringInterrupts);
				work.awaitBegun();
			}
			return Thread.currentThread().isInterrupted();
		});
		work.awaitInterrupted();
		running.awaitBlocked();

		running.thread().interrupt();
		TestTasks.spinUntil(() -> !running.thread().isInterrupted());
		running.awaitBlocked();
		running.thread().interrupt();
		work.release();

		assertThat(running.join()).isTrue();
	}

	@Test // A11
	void whenOwnerIsInterruptedAndInnerChildrenFailInTheirCleanupNestingIsKept() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		AtomicReference<TaskGroupException> caught = new AtomicReference<>();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try {
				this.tasks.inGroup("outer", (outer) -> this.tasks.inGroup("inner", (inner) -> {
					inner.fork(() -> failInCleanup(first));
					inner.fork(() -> failInCleanup(second));
					inner.join();
					return 0;
				}));
			}
			catch (TaskGroupException ex) {
				caught.set(ex);
			}
			return Thread.currentThread().isInterrupted();
		});
		first.awaitBegun();
		second.awaitBegun();
		running.awaitBlocked();

		running.thread().interrupt();

		assertThat(running.join()).as("interrupt is still visible").isTrue();
		assertThat(caught.get().getGroupName()).isEqualTo("outer");
		assertThat(caught.get().failures()).singleElement()
			.isInstanceOfSatisfying(TaskGroupException.class, (inner) -> {
				assertThat(inner.getGroupName()).isEqualTo("inner");
				assertThat(inner.failures()).hasSize(2).hasOnlyElementsOfType(ArithmeticException.class);
			});
	}

	private static String failInCleanup(TestTasks.Blocking work) throws InterruptedException {
		try {
			return work.call();
		}
		catch (InterruptedException ex) {
			throw new ArithmeticException("cleanup");
		}
	}

	@Test // A13
	void whenOuterChildFailsInnerGroupIsCancelledAndAddsNothing() {
		TestTasks.Blocking inner = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			outer.fork(() -> {
				inner.awaitBegun();
				throw new ArithmeticException("expected");
			});
			return this.tasks.inGroup("inner", (group) -> {
				group.fork(inner);
				group.join();
				return 0;
			});
		})).satisfies((ex) -> {
			assertThat(ex.getGroupName()).isEqualTo("outer");
			assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class);
		});
		assertThat(inner.wasInterrupted()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // A15
	void whenChildFailsDuringTheCleanupOfAnInterruptedBodyTheAggregateWins() throws Exception {
		TestTasks.Blocking body = this.test.blocking();
		CountDownLatch cleaning = new CountDownLatch(1);
		AtomicReference<TaskGroupException> caught = new AtomicReference<>();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try {
				this.tasks.inGroup("test", (group) -> {
					group.fork(() -> {
						cleaning.await();
						throw new ArithmeticException("expected");
					});
					try {
						return body.call();
					}
					catch (InterruptedException ex) {
						cleaning.countDown();
						TestTasks.spinUntil(group::isCancelled);
						throw ex;
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

		assertThat(running.join()).as("interrupt is still visible").isTrue();
		assertThat(caught.get().failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class);
	}

	@Test // A17
	void whenOwnerWithoutChildrenIsInterruptedItIsACancellation() throws Exception {
		TestTasks.Blocking body = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("test", (group) -> body.call()));
		body.awaitBegun();

		running.thread().interrupt();

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseExactlyInstanceOf(InterruptedException.class);
	}

	@Test
	void whenInterruptedBodyTranslatesItTheOutcomeIsACancellation() throws Exception {
		TestTasks.Blocking body = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			assertThatExceptionOfType(InterruptedException.class)
				.isThrownBy(() -> this.tasks.inGroup("test", (group) -> translating(body)))
				.withCauseExactlyInstanceOf(IllegalStateException.class);
			return Thread.currentThread().isInterrupted();
		});
		body.awaitBegun();

		running.thread().interrupt();

		assertThat(running.join()).isFalse();
	}

	private static String translating(TestTasks.Blocking work) {
		try {
			return work.call();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whenBodyTranslatesTheGroupsInterruptNothingOfItIsLeft() {
		TestTasks.Blocking body = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				body.awaitBegun();
				throw new ArithmeticException("expected");
			});
			return translating(body);
		})).satisfies((ex) -> assertThat(ex.failures()).hasOnlyElementsOfType(ArithmeticException.class));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // A33
	void whenBodyIgnoresTheGroupsInterruptNothingOfItIsLeft() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				throw new ArithmeticException("expected");
			});
			TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());
			return 0;
		}));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // A35
	void whenInterruptedBeforeChildFailsTheInterruptIsKept() {
		CountDownLatch interrupted = new CountDownLatch(1);

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				interrupted.await();
				throw new ArithmeticException("expected");
			});
			Thread.currentThread().interrupt();
			interrupted.countDown();
			TestTasks.spinUntil(group::isCancelled);
			return this.test.blocking().call();
		}));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test // A35
	void whenInterruptedAfterTheGroupsInterruptWasDeliveredItIsKept() {
		TestTasks.Blocking body = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				body.awaitBegun();
				throw new ArithmeticException("expected");
			});
			try {
				return body.call();
			}
			finally {
				Thread.currentThread().interrupt();
			}
		}));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test // A35
	void whenInterruptedDuringTheFinalWaitOfAFailedGroupItIsKept() throws Exception {
		TestTasks.Blocking slow = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
				group.fork(slow::ignoringInterrupts);
				slow.awaitBegun();
				throw new ArithmeticException("expected");
			}));
			return Thread.currentThread().isInterrupted();
		});
		slow.awaitInterrupted();
		running.awaitBlocked();

		running.thread().interrupt();
		slow.release();

		assertThat(running.join()).isTrue();
	}

	@RepeatedTest(100) // A35
	void whenInterruptedAsAChildFailsWhileTheOwnerJoinsTheInterruptIsKept() throws Exception {
		TestTasks.Blocking failing = this.test.blocking();
		TestTasks.Blocking slow = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
				group.fork(slow::ignoringInterrupts);
				group.fork(() -> {
					failing.ignoringInterrupts();
					throw new ArithmeticException("expected");
				});
				return 0;
			}));
			return Thread.currentThread().isInterrupted();
		});
		slow.awaitBegun();
		failing.awaitBegun();
		running.awaitBlocked();

		failing.release();
		running.thread().interrupt();
		slow.awaitInterrupted();
		TestTasks.spinUntil(() -> !running.thread().isInterrupted());
		slow.release();

		assertThat(running.join()).isTrue();
	}

	/*
	 * This is how it is, not how it should be: see the decision record on task groups.
	 * The second interrupt changes nothing that anybody could look at.
	 */
	@Test
	void interruptThatComesWhileThatOfTheGroupIsPendingIsOneWithIt() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				throw new ArithmeticException("expected");
			});
			TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());
			Thread.currentThread().interrupt();
			return this.test.blocking().call();
		}));
		assertThat(Thread.interrupted()).isFalse();
	}

	@RepeatedTest(200) // A35
	void whenTaskThatOwnsAGroupIsCancelledAsItsChildFailsNothingIsLost() throws Exception {
		CountDownLatch ready = new CountDownLatch(2);
		CountDownLatch go = new CountDownLatch(1);
		CountDownLatch blocking = new CountDownLatch(1);
		try (TaskGroup outer = this.tasks.group("outer")) {
			Subtask<String> task = outer.fork("task", () -> {
				try {
					this.tasks.inGroup("inner", (inner) -> {
						inner.fork(() -> {
							ready.countDown();
							go.await();
							throw new ArithmeticException("expected");
						});
						ready.countDown();
						LockSupport.park();
						new CountDownLatch(1).await();
						return 0;
					});
				}
				catch (TaskGroupException ex) {
					// swallowed: the next blocking call is to be cancelled
				}
				blocking.await();
				return "lost";
			});
			ready.await();
			go.countDown();
			task.cancel();
			outer.join();

			assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
		}
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // A35
	void whenTaskIsCancelledWhileTheInnerGroupsInterruptIsPendingNothingIsLost() throws Exception {
		CountDownLatch cancelled = new CountDownLatch(1);
		CountDownLatch failed = new CountDownLatch(1);
		try (TaskGroup outer = this.tasks.group("outer")) {
			Subtask<String> task = outer.fork("task", () -> {
				assertThatExceptionOfType(TaskGroupException.class)
					.isThrownBy(() -> this.tasks.inGroup("inner", (inner) -> {
						inner.fork(() -> {
							throw new ArithmeticException("expected");
						});
						TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());
						failed.countDown();
						TestTasks.spinUntil(() -> cancelled.getCount() == 0);
						return this.test.blocking().call();
					}));
				return this.test.blocking().call();
			});
			failed.await();
			task.cancel();
			cancelled.countDown();
			outer.join();

			assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
		}
	}

	@Test
	void whenTaskIsCancelledWhileADeadlinesInterruptIsPendingNothingIsLost() throws Exception {
		CountDownLatch cancelled = new CountDownLatch(1);
		CountDownLatch expired = new CountDownLatch(1);
		try (TaskGroup outer = this.tasks.group("outer")) {
			Subtask<String> task = outer.fork("task", () -> {
				Deadline.within(Duration.ofNanos(1), () -> {
					TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());
					expired.countDown();
					TestTasks.spinUntil(() -> cancelled.getCount() == 0);
				});
				return this.test.blocking().call();
			});
			expired.await();
			task.cancel();
			cancelled.countDown();
			outer.join();

			assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
		}
	}

	@Test
	void whenDeadlineAroundTheGroupPassesItAnswersForIt() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> Deadline.after(Duration.ofSeconds(1), this.test.timer())
					.call("around", () -> this.tasks.inGroup("test", (group) -> {
						group.fork(work);
						group.join();
						return 0;
					})))
				.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("around"));
			return Thread.currentThread().isInterrupted();
		});
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(Duration.ofSeconds(1));

		assertThat(running.join()).isFalse();
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void joinInsideOfADeadlineScopeLeavesTheGroupsPendingInterruptToTheGroup() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			group.fork(() -> {
				throw new ArithmeticException("expected");
			});
			TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());
			assertThatExceptionOfType(TaskGroupException.class)
				.isThrownBy(() -> Deadline.within(Duration.ofSeconds(20), group::join));
		}
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // C01
	void cancelOfARunningSubtaskIsTrueAndOfAnEndedOneFalse() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> child = group.fork(work);
			work.awaitBegun();

			assertThat(child.cancel()).isTrue();
			TestTasks.spinUntil(() -> child.state() != Subtask.State.UNAVAILABLE);

			assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
			assertThat(child.cancel()).isFalse();
			group.join();
		}
	}

	@Test // C03
	void subtaskThatReturnsAValueInSpiteOfItsCancellationHasSucceeded() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<Integer> child = group.fork(() -> {
				begun.countDown();
				TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());
				return 42;
			});
			begun.await();
			child.cancel();
			group.join();

			assertThat(child.get()).isEqualTo(42);
		}
	}

	@Test // C05
	void subtaskThatSwallowsItsCancellationAndGoesOnHasSucceeded() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> child = group.fork(() -> {
				try {
					return first.call();
				}
				catch (InterruptedException ex) {
					return second.call();
				}
			});
			first.awaitBegun();
			child.cancel();
			second.awaitBegun();
			second.release();
			group.join();

			assertThat(child.get()).isEqualTo("released");
		}
	}

	@Test // C07
	void whenTaskIsCancelledTheWholeChainUnwinds() throws Exception {
		TestTasks.Blocking innermost = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<Object> child = group.fork(() -> this.tasks.inGroup("inner",
					(inner) -> inner.fork(() -> this.tasks.inGroup("innermost", (third) -> third.fork(innermost)))));
			innermost.awaitBegun();
			child.cancel();
			group.join();

			assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
		}
		assertThat(innermost.wasInterrupted()).isTrue();
	}

	@Test // C09
	void subtaskThatFailsOnItsCancellationHasFailed() {
		TestTasks.Blocking work = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			Subtask<String> child = group.fork(() -> failInCleanup(work));
			work.awaitBegun();
			child.cancel();
			group.join();
			return 0;
		})).withCauseExactlyInstanceOf(ArithmeticException.class);
	}

	@Test
	void subtaskThatIsInterruptedByNobodyOfTheGroupHasFailed() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				Thread.currentThread().interrupt();
				return this.test.blocking().call();
			});
			group.join();
			return 0;
		})).withCauseExactlyInstanceOf(InterruptedException.class);
	}

	@Test
	void cancelOfASubtaskThatHasNotBegunKeepsItFromRunning() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test", (options) -> options.maxConcurrency(1))) {
			group.fork(first);
			Subtask<String> child = group.fork(second);

			assertThat(child.cancel()).isTrue();
			assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
			first.release();
			group.join();
		}
		assertThat(second.hasBegun()).isFalse();
	}

}
