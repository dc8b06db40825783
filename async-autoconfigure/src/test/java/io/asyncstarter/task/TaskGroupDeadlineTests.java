package io.asyncstarter.task;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the deadline of a group: who is cancelled by it, who inherits it and who
 * answers for it.
 */
@Timeout(30)
class TaskGroupDeadlineTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test
	void whenDeadlinePassesWhileTheOwnerJoinsChildrenAreCancelledAndJoinTells() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			try (TaskGroup group = limited(SECOND)) {
				group.fork(work);
				assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(group::join).satisfies((ex) -> {
					assertThat(ex.getScopeName()).isEqualTo("test");
					assertThat(ex.getBudget()).isEqualTo(SECOND);
					assertThat(ex).hasNoCause().hasNoSuppressedExceptions();
				});
				assertThat(Deadline.current().isUnbounded()).as("deadline is over after join").isTrue();
			}
			return Thread.currentThread().isInterrupted();
		});
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(SECOND);

		assertThat(running.join()).isFalse();
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void whenDeadlinePassesInTheBodyItIsInterruptedAndTheGroupTells() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Blocking body = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> this.tasks.inGroup("test", (options) -> options.deadline(SECOND), (group) -> {
					group.fork(work);
					return body.call();
				}))
				.withCauseExactlyInstanceOf(InterruptedException.class);
			return Thread.currentThread().isInterrupted();
		});
		work.awaitBegun();
		body.awaitBegun();

		this.test.timer().advance(SECOND);

		assertThat(running.join()).isFalse();
		assertThat(work.wasInterrupted()).isTrue();
	}

	@Test
	void failuresThatComeOfTheCancellationAreSuppressed() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = limited(SECOND)) {
				group.fork(() -> {
					try {
						return work.call();
					}
					catch (InterruptedException ex) {
						throw new ArithmeticException("cleanup");
					}
				});
				group.join();
			}
			return null;
		});
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(SECOND);

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.havingCause()
			.isInstanceOf(DeadlineExceededException.class)
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(ArithmeticException.class));
	}

	@Test
	void failureOfTheBodyAfterTheDeadlineIsSuppressedInIt() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> this.tasks.inGroup("test", (options) -> options.deadline(SECOND), (group) -> {
				this.test.timer().advance(SECOND);
				throw new ArithmeticException("cleanup");
			}))
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(ArithmeticException.class));
	}

	@Test // B29
	void whenNothingWasCutShortTheResultIsReturned() throws Exception {
		assertThat(this.tasks.<Integer>inGroup("test", (options) -> options.deadline(SECOND), (group) -> {
			this.test.timer().advance(SECOND);
			assertThat(group.isCancelled()).isTrue();
			return 42;
		})).isEqualTo(42);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void forkAfterTheDeadlineIsCancelledAndTheGroupTells() {
		AtomicReference<Subtask<?>> late = new AtomicReference<>();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> {
			try (TaskGroup group = limited(SECOND)) {
				this.test.timer().advance(SECOND);
				late.set(group.fork(() -> 1));
				group.join();
			}
		});

		assertThat(late.get().state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void whenTaskHasFailedBeforeTheDeadlineTheAggregateIsThrown() throws Exception {
		TestTasks.Blocking slow = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = limited(SECOND)) {
				group.fork(slow::ignoringInterrupts);
				slow.awaitBegun();
				group.fork(() -> {
					throw new ArithmeticException("expected");
				});
				group.join();
			}
			return null;
		});
		slow.awaitInterrupted();

		this.test.timer().advance(SECOND);
		slow.release();

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseExactlyInstanceOf(TaskGroupException.class);
	}

	@Test // X15
	void childrenInheritTheDeadlineAndNestedGroupsCannotOutliveIt() throws Exception {
		try (TaskGroup group = limited(SECOND)) {
			Subtask<Duration> child = group.fork(() -> Deadline.current().remaining());
			Subtask<Subtask<Duration>> nested = group
				.fork(() -> this.tasks.inGroup("nested", (options) -> options.deadline(Duration.ofSeconds(10)),
						(inner) -> inner.fork(() -> Deadline.current().remaining())));
			group.join();

			assertThat(child.get()).isEqualTo(SECOND);
			assertThat(nested.get().get()).isEqualTo(SECOND);
		}
	}

	@Test // B03
	void whenOuterAndInnerGroupShareADeadlineOnlyTheOuterAnswers() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		AtomicReference<Throwable> between = new AtomicReference<>();
		TestTasks.Running<Object> running = this.test
			.start(() -> this.tasks.inGroup("outer", (options) -> options.deadline(SECOND), (outer) -> {
				try {
					return this.tasks.inGroup("inner", (options) -> options.deadline(SECOND), (inner) -> {
						inner.fork(work);
						inner.join();
						return 0;
					});
				}
				catch (Throwable ex) {
					between.set(ex);
					throw ex;
				}
			}));
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(SECOND);

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.havingCause()
			.isInstanceOfSatisfying(DeadlineExceededException.class,
					(ex) -> assertThat(ex.getScopeName()).isEqualTo("outer"));
		assertThat(between.get()).isInstanceOf(InterruptedException.class);
	}

	@Test // B03
	void whenInnerGroupExpiresWithAScopeAroundItThatIsLateTheScopeAnswers() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Boolean> running = this.test.start(() -> {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> Deadline.after(SECOND, this.test.timer()).call("around", () -> {
					// The group's timer was armed last, so here it runs last.
					try (TaskGroup group = limited(SECOND)) {
						group.fork(work);
						group.join();
					}
					return 0;
				}))
				.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("around"));
			return Thread.currentThread().isInterrupted();
		});
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(SECOND);

		assertThat(running.join()).isFalse();
	}

	@Test
	void scopeInsideOfAChildDoesNotAnswerForTheGroupsDeadline() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = limited(SECOND)) {
				Subtask<String> child = group
					.fork(() -> Deadline.within("inside", Duration.ofSeconds(10), () -> work.call()));
				assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(group::join)
					.satisfies((ex) -> assertThat(ex).hasNoSuppressedExceptions());
				assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
			}
			return null;
		});
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(SECOND);

		running.join();
	}

	@Test
	void childThatIsForkedUnderAnEarlierDeadlineHasThatOne() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = limited(Duration.ofSeconds(10))) {
			Subtask<String> child = Deadline.after(SECOND, this.test.timer())
				.call("fork", () -> group.fork("child", work));
			work.awaitBegun();

			this.test.timer().advance(SECOND);

			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(group::join)
				.withCauseExactlyInstanceOf(DeadlineExceededException.class);
			assertThat(child.exception()).isInstanceOfSatisfying(DeadlineExceededException.class,
					(ex) -> assertThat(ex.getScopeName()).isEqualTo("child"));
		}
	}

	@Test
	void deadlineOfTheTryFormIsToldByCloseIfNobodyJoined() {
		TestTasks.Blocking work = this.test.blocking();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> {
			try (TaskGroup group = limited(SECOND)) {
				group.fork(work);
				work.awaitBegun();
				this.test.timer().advance(SECOND);
			}
		});
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void optionsWhenDeadlineIsNotPositiveAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.tasks.group("test", (options) -> options.deadline(Duration.ZERO)))
			.withMessage("'deadline' must be longer than zero but was PT0S");
	}

	private TaskGroup limited(Duration deadline) {
		return this.tasks.group("test", (options) -> options.deadline(deadline));
	}

}
