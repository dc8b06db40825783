package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.executor.NoSuchExecutorException;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.QueueTimeoutException;
import io.asyncstarter.executor.ThreadKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for groups whose tasks run on a bounded executor: no fork is lost, and none waits
 * for a place that the group itself takes.
 */
@Timeout(30)
class GroupOnExecutorTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	private final List<BoundedExecutor> executors = new ArrayList<>();

	@AfterEach
	void executorsAreIdle() throws InterruptedException {
		for (BoundedExecutor executor : this.executors) {
			TestTasks.eventually("executor to be idle").until(() -> executor.getRunningCount() == 0);
			assertThat(executor.getQueuedCount()).isZero();
			executor.shutdown();
			assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	private BoundedExecutor executor(int limit, int queue, Consumer<BoundedExecutor.Builder> customizer) {
		BoundedExecutor.Builder builder = BoundedExecutor.builder("test").maxConcurrency(limit).queueCapacity(queue);
		customizer.accept(builder);
		BoundedExecutor executor = builder.build();
		this.executors.add(executor);
		return executor;
	}

	private BoundedExecutor executor(int limit, int queue) {
		return executor(limit, queue, (builder) -> {
		});
	}

	private static Consumer<TaskGroupOptions.Builder> on(BoundedExecutor executor) {
		return (options) -> options.executor(executor);
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void tasksRunOnTheExecutorByItsName(ThreadKind threads) throws Exception {
		BoundedExecutor executor = executor(2, 10, (builder) -> builder.threads(threads));
		Tasks named = Tasks.builder().executors(BoundedExecutors.of(executor)).build();

		try (TaskGroup group = named.group("test", (options) -> options.executor("test"))) {
			Subtask<String> child = group.fork("child", () -> Thread.currentThread().getName());
			group.join();

			assertThat(child.get()).startsWith("test-");
		}
		TestTasks.eventually("success to be counted").until(() -> executor.getStats().succeeded() == 1);
	}

	@Test
	void groupWhenExecutorDoesNotExistIsRefused() {
		Tasks named = Tasks.builder().executors(BoundedExecutors.of()).build();

		assertThatExceptionOfType(NoSuchExecutorException.class)
			.isThrownBy(() -> named.group("test", (options) -> options.executor("nope")));
		assertThat(named.tree().roots()).isEmpty();
	}

	@Test
	void rejectionByTheExecutorIsTheFailureOfThatChild() throws Exception {
		BoundedExecutor executor = executor(1, 0);
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test", on(executor))) {
			group.fork(work);
			work.awaitBegun();
			Subtask<Integer> refused = group.fork("refused", () -> 1);

			assertThat(refused.exception()).isInstanceOf(ExecutorSaturatedException.class);
			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(group::join)
				.withCauseExactlyInstanceOf(ExecutorSaturatedException.class);
		}
		assertThat(work.wasInterrupted()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void tasksThatTheExecutorDropsFail() throws Exception {
		BoundedExecutor executor = executor(1, 1, (builder) -> builder.whenFull(OverloadPolicy.DISCARD_OLDEST));
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test", on(executor))) {
			group.fork(work);
			work.awaitBegun();
			Subtask<Integer> dropped = group.fork("dropped", () -> 1);
			group.fork("oldest no more", () -> 2);

			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(group::join);
			assertThat(dropped.exception()).isInstanceOf(ExecutorSaturatedException.class);
		}
	}

	@Test
	void tasksThatTheExecutorLetsExpireFail() throws Exception {
		BoundedExecutor executor = executor(1, 1,
				(builder) -> builder.timer(this.test.timer()).queueTimeout(Duration.ofSeconds(1)));
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test", on(executor))) {
			group.fork(work);
			work.awaitBegun();
			group.fork("waits", () -> 1);
			this.test.timer().advance(Duration.ofSeconds(1));

			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(group::join)
				.withCauseExactlyInstanceOf(QueueTimeoutException.class);
		}
	}

	@Test
	void tasksThatTheExecutorDrainsFail() throws Exception {
		BoundedExecutor executor = executor(1, 10);
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test", on(executor))) {
				group.fork(work);
				work.awaitBegun();
				group.fork("waits", () -> 1);
				group.join();
			}
			return null;
		});
		work.awaitBegun();
		running.awaitBlocked();

		assertThat(executor.shutdownNow()).hasSize(1);

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseExactlyInstanceOf(TaskGroupException.class);
	}

	@Test
	void whenGroupIsCancelledQueuedTasksLeaveTheExecutor() throws Exception {
		BoundedExecutor executor = executor(1, 10);
		TestTasks.Blocking work = this.test.blocking();
		AtomicInteger ran = new AtomicInteger();
		try (TaskGroup group = this.tasks.group("test", on(executor))) {
			group.fork(work);
			work.awaitBegun();
			for (int i = 0; i < 5; i++) {
				group.fork(() -> ran.incrementAndGet());
			}
			assertThat(executor.getQueuedCount()).isEqualTo(5);
			group.cancel("test");
			group.join();

			assertThat(executor.getQueuedCount()).isZero();
		}
		assertThat(ran).hasValue(0);
	}

	@Test
	void whenCallerRunsTheChildSeesItsOwnCancellationAndTheOwnerIsLeftAlone() throws Exception {
		BoundedExecutor executor = executor(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking inPlace = this.test.blocking();
		AtomicReference<TaskGroup> open = new AtomicReference<>();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test", on(executor))) {
				open.set(group);
				group.fork(first);
				first.awaitBegun();
				Subtask<String> child = group.fork("in place", inPlace);
				assertThat(child.state()).isEqualTo(Subtask.State.CANCELLED);
				group.join();
			}
			return Thread.currentThread().isInterrupted();
		});
		inPlace.awaitBegun();

		open.get().cancel("test");

		assertThat(running.join()).isEqualTo(false);
		assertThat(inPlace.wasInterrupted()).isTrue();
	}

	@Test
	void whenOwnerIsInterruptedWhileItRunsAChildTheInterruptIsTheOwners() throws Exception {
		BoundedExecutor executor = executor(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking inPlace = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("test", on(executor), (group) -> {
			group.fork(first);
			first.awaitBegun();
			group.fork("in place", inPlace);
			group.join();
			return 0;
		}));
		inPlace.awaitBegun();

		running.thread().interrupt();

		assertThatExceptionOfType(Exception.class).isThrownBy(running::join)
			.withCauseExactlyInstanceOf(InterruptedException.class);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void groupInsideATaskOfTheSameSaturatedExecutorProgresses(int limit) throws Exception {
		BoundedExecutor executor = executor(limit, 1000);
		List<Future<Integer>> results = new ArrayList<>();
		for (int i = 0; i < 2 * limit; i++) {
			results.add(executor.submit(() -> sum(executor, 3)));
		}

		for (Future<Integer> result : results) {
			assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(8);
		}
	}

	private int sum(BoundedExecutor executor, int depth) throws Exception {
		if (depth == 0) {
			return 1;
		}
		return this.tasks.inGroup("depth " + depth, on(executor), (group) -> {
			Subtask<Integer> left = group.fork(() -> sum(executor, depth - 1));
			Subtask<Integer> right = group.fork(() -> sum(executor, depth - 1));
			group.join();
			return left.get() + right.get();
		});
	}

	@Test
	void ownerThatHelpsRunsWhatItsOwnChildrenFork() throws Exception {
		BoundedExecutor executor = executor(1, 10);
		CountDownLatch sibling = new CountDownLatch(1);

		Future<Integer> result = executor.submit(() -> this.tasks.inGroup("test", on(executor), (group) -> {
			group.fork(() -> {
				group.fork(() -> sibling.countDown());
				return 0;
			});
			group.join();
			return 1;
		}));

		assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(1);
		assertThat(sibling.getCount()).isZero();
	}

	@Test
	void ownerThatIsBlockedInItsWaitIsWokenToRunANewSibling() throws Exception {
		BoundedExecutor executor = executor(2, 10);
		CountDownLatch joined = new CountDownLatch(1);
		CountDownLatch sibling = new CountDownLatch(1);
		AtomicReference<Thread> owner = new AtomicReference<>();

		Future<Integer> result = executor.submit(() -> this.tasks.inGroup("test", on(executor), (group) -> {
			owner.set(Thread.currentThread());
			CountDownLatch begun = new CountDownLatch(1);
			group.fork(() -> {
				begun.countDown();
				joined.await();
				group.fork(() -> sibling.countDown());
				sibling.await();
				return 0;
			});
			begun.await();
			group.join();
			return 1;
		}));
		TestTasks.spinUntil(() -> owner.get() != null && owner.get().getState() == Thread.State.WAITING);
		joined.countDown();

		assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(OverloadPolicy.class)
	void boundedGroupUsesItsPlacesOfAnExecutorWithoutAQueueToTheEnd(OverloadPolicy policy) throws Exception {
		BoundedExecutor executor = executor(2, 0, (builder) -> builder.whenFull(policy));
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger ended = new AtomicInteger();
		try (TaskGroup group = this.tasks.group("test", on(executor).andThen((options) -> options.maxConcurrency(2)))) {
			for (int i = 0; i < 2000; i++) {
				group.fork(() -> {
					most.accumulateAndGet(running.incrementAndGet(), Math::max);
					Thread.yield();
					running.decrementAndGet();
					return ended.incrementAndGet();
				});
			}
			group.join();
		}

		assertThat(ended).hasValue(2000);
		assertThat(most.get()).isLessThanOrEqualTo(2);
	}

	@Test
	void runTimeoutOfTheExecutorIsTheFailureOfTheChild() throws Exception {
		BoundedExecutor executor = executor(1, 1,
				(builder) -> builder.timer(this.test.timer()).runTimeout(Duration.ofSeconds(1)));
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test", on(executor))) {
			group.fork(work);
			work.awaitBegun();
			this.test.timer().advance(Duration.ofSeconds(1));

			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(group::join)
				.withCauseExactlyInstanceOf(DeadlineExceededException.class);
		}
	}

	@Test
	void deadlineOfTheGroupIsEnforcedByTheGroupOnly() throws Exception {
		BoundedExecutor executor = executor(1, 10);
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Duration> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test",
					on(executor).andThen((options) -> options.deadline(Duration.ofSeconds(1))))) {
				Subtask<Duration> left = group.fork(() -> Deadline.current().remaining());
				group.fork(work);
				assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(group::join)
					.satisfies((ex) -> assertThat(ex).hasNoSuppressedExceptions());
				return left.get();
			}
		});
		work.awaitBegun();
		running.awaitBlocked();

		this.test.timer().advance(Duration.ofSeconds(1));

		assertThat(running.join()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void interruptOfACancelledChildDoesNotReachTheThreadsNextTask() throws Exception {
		BoundedExecutor executor = executor(1, 1000, (builder) -> builder.threads(ThreadKind.PLATFORM));
		for (int i = 0; i < 500; i++) {
			CountDownLatch begun = new CountDownLatch(1);
			try (TaskGroup group = this.tasks.group("test", on(executor))) {
				Subtask<Integer> child = group.fork(() -> {
					begun.countDown();
					return 0;
				});
				begun.await();
				child.cancel();
				Subtask<Boolean> next = group.fork(() -> Thread.currentThread().isInterrupted());
				group.join();

				assertThat(next.get()).isFalse();
			}
		}
	}

}
