package io.asyncstarter.task;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for groups that are not used as they are meant to be.
 */
@Timeout(30)
class TaskGroupMisuseTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test
	void forkByAForeignThreadIsRefused() throws Exception {
		AtomicBoolean ran = new AtomicBoolean();
		try (TaskGroup group = this.tasks.group("test")) {
			TestTasks.Running<Object> foreign = this.test.start(() -> group.fork(() -> ran.set(true)));

			assertThatExceptionOfType(Exception.class).isThrownBy(foreign::join)
				.havingCause()
				.isInstanceOf(WrongThreadException.class)
				.withMessageContaining("must not fork in group 'test': only its owner and its own tasks may");
			group.join();
		}
		assertThat(ran).isFalse();
	}

	@Test
	void forkByATaskOfAnotherGroupIsRefused() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			TestTasks.Running<Object> other = this.test.start(() -> this.tasks.inGroup("other", (stranger) -> {
				Subtask<Object> child = stranger.fork(() -> {
					try {
						return group.fork(() -> 1);
					}
					catch (WrongThreadException ex) {
						return ex;
					}
				});
				stranger.join();
				return child.get();
			}));

			assertThat(other.join()).isInstanceOf(WrongThreadException.class);
			group.join();
		}
	}

	@Test
	void forkByATaskOfANestedGroupIsAllowed() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			AtomicReference<Subtask<Integer>> late = new AtomicReference<>();
			group.fork(() -> this.tasks.inGroup("nested", (nested) -> nested.fork(() -> {
				late.set(group.fork(() -> 42));
				return 0;
			})));
			group.join();

			assertThat(late.get().get()).isEqualTo(42);
		}
	}

	@Test
	void joinAndCloseByATaskAreRefused() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<Throwable> child = group.fork(() -> {
				assertThatExceptionOfType(WrongThreadException.class).isThrownBy(group::close)
					.withMessageContaining("must not close group 'test': only its owner");
				try {
					group.join();
					return new AssertionError("joined");
				}
				catch (WrongThreadException ex) {
					return ex;
				}
			});
			group.join();

			assertThat(child.get()).isInstanceOf(WrongThreadException.class)
				.hasMessageContaining("must not join group 'test': only its owner");
		}
	}

	@Test
	void secondJoinIsRefused() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			group.join();

			assertThatIllegalStateException().isThrownBy(group::join)
				.withMessage("Group 'test' must not be joined: it has been joined already");
		}
	}

	@Test
	void joinAfterCloseIsRefused() {
		TaskGroup group = this.tasks.group("test");
		group.close();
		group.close();

		assertThatIllegalStateException().isThrownBy(group::join)
			.withMessage("Group 'test' must not be joined: it has been closed already");
	}

	@Test
	void closeBeforeANestedGroupClosesBothAndTells() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TaskGroup outer = this.tasks.group("outer");
		TaskGroup inner = this.tasks.group("inner");
		inner.fork(work);
		work.awaitBegun();

		assertThatIllegalStateException().isThrownBy(outer::close)
			.withMessage("Group 'outer' must not be closed before group 'inner', "
					+ "which was opened inside of it and is closed now too");

		assertThat(work.wasInterrupted()).isTrue();
		inner.close();
	}

	@Test
	void groupThatIsForgottenInABodyIsClosed() {
		TestTasks.Blocking work = this.test.blocking();

		assertThatIllegalStateException().isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			this.tasks.group("forgotten").fork(work);
			return 0;
		}));
	}

	@Test
	void groupThatIsForgottenInATaskIsClosedWhenTheTaskEnds() {
		TestTasks.Blocking work = this.test.blocking();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			outer.fork("careless", () -> {
				this.tasks.group("forgotten").fork(work);
				work.awaitBegun();
				return 0;
			});
			return 0;
		}))
			.withCauseExactlyInstanceOf(IllegalStateException.class)
			.withMessageContaining("Task 'careless' must not end before group 'forgotten', "
					+ "which was opened inside of it and is closed now too");
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void groupThatIsForgottenInATaskThatFailsIsClosedAndTheFailureIsTold() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("outer", (outer) -> {
			outer.fork("careless", () -> {
				this.tasks.group("forgotten");
				throw new ArithmeticException("expected");
			});
			return 0;
		}))
			.withCauseExactlyInstanceOf(ArithmeticException.class)
			.satisfies((ex) -> assertThat(ex.getCause().getSuppressed()).singleElement()
				.isInstanceOf(IllegalStateException.class));
	}

	@Test
	void closeInsideOfADeadlineScopeThatIsInsideOfTheGroupLeavesNothingBehind() {
		TaskGroup group = this.tasks.group("test", (options) -> options.deadline(Duration.ofSeconds(1)));

		Deadline.within(Duration.ofSeconds(10), () -> group.close());

		assertThat(Deadline.current().isUnbounded()).isTrue();
	}

	@Test
	void getOfASubtaskThatHasNoResultTellsWhy() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> child = group.fork("child", work);
			assertThatIllegalStateException().isThrownBy(child::get)
				.withMessage("Subtask 'child' of group 'test' has no result, it has not ended: "
						+ "call join() on the group first");
			child.cancel();
			group.join();
			assertThatIllegalStateException().isThrownBy(child::get)
				.withMessage("Subtask 'child' of group 'test' has no result, it was cancelled");
			assertThatIllegalStateException().isThrownBy(child::exception)
				.withMessage("Subtask 'child' of group 'test' has no exception, it was cancelled");
		}
	}

	@Test
	void groupWithoutANameIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.tasks.group(" "))
			.withMessage("'name' must not be empty");
	}

	@Test
	void groupOnANamedExecutorWithoutExecutorsIsRefused() {
		assertThatIllegalStateException()
			.isThrownBy(() -> this.tasks.group("test", (options) -> options.executor("io")))
			.withMessage("There is no executor 'io': the tasks were built without executors");
	}

}
