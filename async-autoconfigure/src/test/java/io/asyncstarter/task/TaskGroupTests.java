package io.asyncstarter.task;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TaskGroup}: results, failures and who is cancelled by them. Names in
 * comments are rows of the conformance tables.
 */
@Timeout(30)
class TaskGroupTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test // A01
	void joinWhenChildrenSucceedReturnsAfterAll() throws Exception {
		CountDownLatch second = new CountDownLatch(1);
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<Integer> answer = group.fork("answer", () -> {
				second.await();
				return 42;
			});
			Subtask<Integer> other = group.fork(() -> {
				second.countDown();
				return 11;
			});

			group.join();

			assertThat(answer.get()).isEqualTo(42);
			assertThat(other.get()).isEqualTo(11);
			assertThat(group.isCancelled()).isFalse();
		}
	}

	@Test
	void inGroupWhenNothingFailsReturnsWhatTheBodyReturnsAfterAllHaveEnded() throws Exception {
		AtomicReference<Subtask<String>> child = new AtomicReference<>();
		TestTasks.Blocking work = this.test.blocking();

		TestTasks.Running<Integer> running = this.test.start(() -> this.tasks.inGroup("test", (group) -> {
			child.set(group.fork("child", work));
			return 5;
		})).awaitBlocked();
		assertThat(running.task().isDone()).isFalse();
		work.release();

		assertThat(running.join()).isEqualTo(5);
		assertThat(child.get().get()).isEqualTo("released");
	}

	@Test
	void bodyRunsOnCallersThread() throws Exception {
		assertThat(this.tasks.<Thread>inGroup("test", (group) -> Thread.currentThread()))
			.isSameAs(Thread.currentThread());
	}

	@Test
	void joinWhenChildReturnsNullHasNullResult() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<?> child = group.fork(() -> {
			});
			group.join();

			assertThat(child.state()).isEqualTo(Subtask.State.SUCCESS);
			assertThat(child.get()).isNull();
		}
	}

	@Test // A03
	void whenOneChildIsCancelledTheGroupGoesOn() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> first = group.fork("first", work);
			work.awaitBegun();
			assertThat(first.cancel()).isTrue();
			Subtask<Integer> second = group.fork("second", () -> 11);

			group.join();

			assertThat(first.state()).isEqualTo(Subtask.State.CANCELLED);
			assertThat(first.cancel()).isFalse();
			assertThat(second.get()).isEqualTo(11);
			assertThat(group.isCancelled()).isFalse();
		}
	}

	@Test // A05
	void whenChildrenFailTogetherBodyAndSiblingsAreCancelledAndAllFailuresAreKept() {
		CyclicBarrier together = new CyclicBarrier(3);
		TestTasks.Blocking sibling = this.test.blocking();
		TestTasks.Blocking body = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork("asleep", sibling);
			sibling.awaitBegun();
			for (int i = 0; i < 3; i++) {
				group.fork(() -> {
					together.await();
					throw new ArithmeticException("expected");
				});
			}
			return body.call();
		})).satisfies((ex) -> {
			assertThat(ex.failures()).hasSizeBetween(1, 3).hasOnlyElementsOfType(ArithmeticException.class);
			assertThat(ex.getGroupName()).isEqualTo("test");
		});

		assertThat(sibling.wasInterrupted()).isTrue();
		assertThat(body.wasInterrupted()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void failuresAreInForkOrderAndThatOfTheBodyIsLast() {
		CountDownLatch begun = new CountDownLatch(2);
		CountDownLatch second = new CountDownLatch(1);
		CountDownLatch first = new CountDownLatch(1);
		IllegalStateException one = new IllegalStateException("one");
		IllegalStateException two = new IllegalStateException("two");
		IllegalStateException three = new IllegalStateException("three");

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork("one", () -> {
				begun.countDown();
				await(first);
				throw one;
			});
			group.fork("two", () -> {
				begun.countDown();
				await(second);
				first.countDown();
				throw two;
			});
			begun.await();
			second.countDown();
			throw three;
		})).satisfies((ex) -> {
			assertThat(ex.failures()).containsExactly(one, two, three);
			assertThat(ex).cause().isSameAs(one);
			assertThat(ex.getSuppressed()).containsExactly(two, three);
			assertThat(ex).hasMessage("Group 'test' had 3 failures: java.lang.IllegalStateException: one; "
					+ "java.lang.IllegalStateException: two; java.lang.IllegalStateException: three");
		});
	}

	/**
	 * Waits, whatever interrupts.
	 */
	private static void await(CountDownLatch latch) {
		boolean done = false;
		while (!done) {
			try {
				latch.await();
				done = true;
			}
			catch (InterruptedException ex) {
				// on purpose
			}
		}
	}

	@Test // A09
	void whenBodyFailsChildrenAreCancelledAndItsErrorIsInTheAggregate() {
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		IllegalStateException error = new IllegalStateException("body");

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork("first", first);
			group.fork("second", second);
			first.awaitBegun();
			second.awaitBegun();
			throw error;
		})).satisfies((ex) -> assertThat(ex.failures()).containsExactly(error));

		assertThat(first.wasInterrupted()).isTrue();
		assertThat(second.wasInterrupted()).isTrue();
	}

	@Test
	void whenBodyFailsAndThereAreNoChildrenItsErrorIsInTheAggregateToo() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			throw new java.io.IOException("expected");
		})).withCauseExactlyInstanceOf(java.io.IOException.class);
	}

	@Test // A19
	void whenBodyFailsInItsCleanupBothErrorsAreKept() {
		TestTasks.Blocking body = this.test.blocking();
		IllegalStateException own = new IllegalStateException("cleanup");

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				body.awaitBegun();
				throw new ArithmeticException("expected");
			});
			try {
				return body.call();
			}
			catch (InterruptedException ex) {
				throw own;
			}
		})).satisfies((ex) -> {
			assertThat(ex.failures()).hasSize(2);
			assertThat(ex.failures(ArithmeticException.class)).hasSize(1);
			assertThat(ex.failures(IllegalStateException.class)).containsExactly(own);
		});
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // A21
	void errorsThatAreNotFatalAreAggregated() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				throw new AssertionError("child");
			});
			group.join();
			return 0;
		})).withCauseExactlyInstanceOf(AssertionError.class);
	}

	@Test // A21
	void fatalErrorsAreNotWrapped() {
		OutOfMemoryError fatal = new OutOfMemoryError("expected");
		ArithmeticException other = new ArithmeticException("expected");

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				throw fatal;
			});
			TestTasks.spinUntil(group::isCancelled);
			throw other;
		})).isSameAs(fatal).satisfies((ex) -> assertThat(ex.getSuppressed()).containsExactly(other));
	}

	@Test // A23
	void finishedChildrenAreNotRetained() throws Exception {
		Semaphore ended = new Semaphore(0);
		try (TaskGroup group = this.tasks.group("test")) {
			for (int i = 0; i < 10; i++) {
				group.fork(() -> ended.release());
				ended.acquire();
				TestTasks.spinUntil(() -> group.tasks().children().snapshot(10).isEmpty());
			}
			group.join();
		}
	}

	@Test // A25
	void whenChildFailsRespawningStops() {
		CountDownLatch heads = new CountDownLatch(10);

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			CountDownLatch begun = new CountDownLatch(1);
			group.fork("hercules", () -> {
				begun.countDown();
				heads.await();
				throw new ArithmeticException("expected");
			});
			// Threads that were started later may starve those that were not begun.
			begun.await();
			group.fork("hydra", new Hydra(group, heads));
			return null;
		})).satisfies((ex) -> assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(ArithmeticException.class));
	}

	@Test // A29
	@SuppressWarnings("try") // the resource is there to fail on its release
	void whenChildAndResourceFailAggregateHasBothAndNoInterruptIsLeft() throws Exception {
		TestTasks.Blocking body = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			try (AutoCloseable resource = () -> TestTasks.fail(new java.io.IOException("close"))) {
				group.fork(() -> {
					body.awaitBegun();
					throw new java.io.IOException("child");
				});
				return body.call();
			}
		}))
			.satisfies((ex) -> assertThat(ex.failures(java.io.IOException.class)).extracting(Throwable::getMessage)
				.contains("child"));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // A31
	void forkWhenGroupWasLeftIsRefusedAndNeverRuns() throws Exception {
		AtomicReference<TaskGroup> left = new AtomicReference<>();
		AtomicBoolean ran = new AtomicBoolean();
		this.tasks.inGroup("test", (group) -> {
			left.set(group);
			return 0;
		});

		assertThatIllegalStateException().isThrownBy(() -> left.get().fork(() -> ran.set(true)))
			.withMessage("Group 'test' must not be forked in: it has been closed");
		assertThat(ran).isFalse();
	}

	@Test
	void forkWhenGroupWasJoinedIsRefused() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			group.join();

			assertThatIllegalStateException().isThrownBy(() -> group.fork(() -> 1))
				.withMessage("Group 'test' must not be forked in: it has been joined");
		}
	}

	@Test
	void forkWhenGroupHasFailedIsCancelledAndNeverRuns() {
		AtomicBoolean ran = new AtomicBoolean();
		AtomicReference<Subtask<?>> late = new AtomicReference<>();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				throw new ArithmeticException("expected");
			});
			TestTasks.spinUntil(group::isCancelled);
			late.set(group.fork("late", () -> ran.set(true)));
			return 0;
		})).satisfies((ex) -> assertThat(ex.failures()).hasSize(1));

		assertThat(late.get().state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(ran).isFalse();
	}

	@Test // A33
	void whenAggregateIsCaughtInsideTheBlockNoInterruptIsLeft() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			group.fork(() -> {
				throw new ArithmeticException("expected");
			});
			TestTasks.spinUntil(() -> Thread.currentThread().isInterrupted());

			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(group::join);

			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void whenChildFailsAfterJoinHasBegunTheOwnerIsNotInterrupted() {
		TestTasks.Blocking work = this.test.blocking();
		Thread owner = Thread.currentThread();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.fork(() -> {
				TestTasks.spinUntil(() -> owner.getState() == Thread.State.WAITING);
				throw new ArithmeticException("expected");
			});
			group.fork(work);
			group.join();
			return 0;
		}));
		assertThat(owner.isInterrupted()).isFalse();
	}

	@Test
	void cancelByTheBodyEndsTheGroupWithoutExceptionAndDoesNotDisturbItsJoin() throws Exception {
		TestTasks.Blocking work = this.test.blocking();

		Integer result = this.tasks.inGroup("test", (group) -> {
			Subtask<String> child = group.fork(work);
			work.awaitBegun();
			group.cancel("enough");
			group.join();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
			return 7;
		});

		assertThat(result).isEqualTo(7);
	}

	@Test
	void cancelByAChildInterruptsTheBodyAndTheSiblingsButNotTheChild() throws Exception {
		TestTasks.Blocking sibling = this.test.blocking();
		TestTasks.Blocking body = this.test.blocking();
		AtomicReference<Subtask<Boolean>> child = new AtomicReference<>();

		String result = this.tasks.inGroup("test", (group) -> {
			group.fork(sibling);
			child.set(group.fork("child", () -> {
				sibling.awaitBegun();
				body.awaitBegun();
				group.cancel("found");
				return Thread.currentThread().isInterrupted();
			}));
			return body.call();
		});

		assertThat(result).isNull();
		assertThat(sibling.wasInterrupted()).isTrue();
		assertThat(body.wasInterrupted()).isTrue();
		assertThat(child.get().get()).isFalse();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void cancelByAnotherThreadWakesTheOwner() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		AtomicReference<TaskGroup> open = new AtomicReference<>();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			this.tasks.inGroup("test", (group) -> {
				open.set(group);
				group.fork(work);
				group.join();
				return 0;
			});
			return Thread.currentThread().isInterrupted();
		});
		work.awaitBegun();
		running.awaitBlocked();

		open.get().cancel("test");

		assertThat(running.join()).isFalse();
	}

	@Test
	void closeWithoutJoinCancelsAndWaits() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		Subtask<String> child;
		try (TaskGroup group = this.tasks.group("test")) {
			child = group.fork(work);
			work.awaitBegun();
		}

		assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
	}

	@Test
	void closeWithoutJoinThrowsWhatNobodyWasTold() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> {
			try (TaskGroup group = this.tasks.group("test")) {
				group.fork(() -> {
					throw new ArithmeticException("expected");
				});
				TestTasks.spinUntil(group::isCancelled);
			}
		});
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void closeAfterFailedJoinDoesNotThrowAgain() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> {
			try (TaskGroup group = this.tasks.group("test")) {
				group.fork(() -> {
					throw new ArithmeticException("expected");
				});
				group.join();
			}
		}).satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@Test
	void childMayForkSiblingsWhileTheOwnerJoins() throws Exception {
		AtomicInteger ran = new AtomicInteger();
		try (TaskGroup group = this.tasks.group("test")) {
			group.fork(() -> {
				for (int i = 0; i < 10; i++) {
					group.fork(() -> group.fork(() -> ran.incrementAndGet()));
				}
			});
			group.join();
		}

		assertThat(ran).hasValue(10);
	}

	@Test
	void nestedFailureStaysNested() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer",
				(outer) -> outer.fork("inner", () -> this.tasks.inGroup("inner", (inner) -> inner.fork(() -> {
					throw new ArithmeticException("expected");
				})))))
			.satisfies((ex) -> {
				assertThat(ex.failures()).hasSize(1).hasOnlyElementsOfType(TaskGroupException.class);
				assertThat(ex.failures(ArithmeticException.class)).hasSize(1);
			});
	}

	@Test
	void closeAndJoinWithoutChildrenReturnAtOnce() throws Exception {
		this.tasks.group("test").close();
		try (TaskGroup group = this.tasks.group("test")) {
			group.join();
		}
		assertThat(this.tasks.<List<String>>inGroup("test", (group) -> List.of())).isEmpty();
	}

	/**
	 * A task that grows two more of its kind.
	 *
	 * @param group the group
	 * @param heads counts those that have grown
	 */
	private record Hydra(TaskGroup group, CountDownLatch heads) implements Runnable {

		@Override
		public void run() {
			this.heads.countDown();
			this.group.fork(this);
			this.group.fork(this);
		}

	}

}
