package io.asyncstarter.task;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for groups of which only some tasks run at once.
 */
@Timeout(30)
class BoundedGroupTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test
	void neverMoreThanTheBoundRunAtOnceAndForkNeverBlocks() throws Exception {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Semaphore gate = new Semaphore(0);
		try (TaskGroup group = bounded(3)) {
			for (int i = 0; i < 100; i++) {
				group.fork(() -> {
					most.accumulateAndGet(running.incrementAndGet(), Math::max);
					gate.acquire();
					return running.decrementAndGet();
				});
			}
			TestTasks.spinUntil(() -> running.get() == 3);
			gate.release(100);
			group.join();
		}

		assertThat(most).hasValue(3);
	}

	@Test
	void waitingTasksStartInTheOrderOfTheirForks() throws Exception {
		List<Integer> order = new ArrayList<>();
		CountDownLatch forked = new CountDownLatch(1);
		try (TaskGroup group = bounded(1)) {
			for (int i = 0; i < 50; i++) {
				int number = i;
				group.fork(() -> {
					forked.await();
					return order.add(number);
				});
			}
			forked.countDown();
			group.join();
		}

		assertThat(order).isSorted().hasSize(50);
	}

	@Test // A23
	void cancelledTasksThatHaveWaitedAreNotRetained() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = bounded(1)) {
			group.fork(work);
			List<WeakReference<Subtask<?>>> cancelled = new ArrayList<>();
			for (int i = 0; i < 1000; i++) {
				Subtask<?> waiting = group.fork(() -> 1);
				waiting.cancel();
				cancelled.add(new WeakReference<>(waiting));
			}

			TestTasks.eventually("most to be collected").until(() -> {
				System.gc();
				return cancelled.stream().filter((reference) -> !reference.refersTo(null)).count() < 100;
			});
			work.release();
			group.join();
		}
	}

	@Test
	void waitingTasksHaveNoThread() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = bounded(1)) {
			group.fork(work);
			Subtask<Integer> waiting = group.fork(() -> 1);
			work.awaitBegun();

			assertThat(((ForkedTask<?>) waiting).thread()).isNull();
			work.release();
			group.join();
			assertThat(waiting.get()).isEqualTo(1);
		}
	}

	@Test
	void childrenMayForkSiblingsInAFullGroup() throws Exception {
		AtomicInteger ended = new AtomicInteger();
		try (TaskGroup group = bounded(1)) {
			group.fork(() -> {
				for (int i = 0; i < 20; i++) {
					group.fork(() -> ended.incrementAndGet());
				}
				return ended.incrementAndGet();
			});
			group.join();
		}

		assertThat(ended).hasValue(21);
	}

	@Test
	void whenTaskFailsThoseThatWaitNeverRun() {
		AtomicInteger ran = new AtomicInteger();
		CountDownLatch forked = new CountDownLatch(1);

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> {
			try (TaskGroup group = bounded(1)) {
				group.fork(() -> {
					forked.await();
					throw new ArithmeticException("expected");
				});
				List<Subtask<?>> waiting = new ArrayList<>();
				for (int i = 0; i < 100; i++) {
					waiting.add(group.fork(() -> ran.incrementAndGet()));
				}
				forked.countDown();
				TestTasks.spinUntil(group::isCancelled);
				TestTasks
					.spinUntil(() -> waiting.stream().allMatch((child) -> child.state() == Subtask.State.CANCELLED));
				group.join();
			}
		});

		assertThat(ran).hasValue(0);
	}

	@Test
	void whenWaitingTaskIsCancelledTheOthersStillRun() throws Exception {
		TestTasks.Blocking first = this.test.blocking();
		try (TaskGroup group = bounded(1)) {
			group.fork(first);
			List<Subtask<Integer>> waiting = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				int number = i;
				waiting.add(group.fork(() -> number));
			}
			for (int i = 0; i < 10; i += 2) {
				waiting.get(i).cancel();
			}
			first.release();
			group.join();

			for (int i = 0; i < 10; i++) {
				assertThat(waiting.get(i).state())
					.isEqualTo((i % 2 == 0) ? Subtask.State.CANCELLED : Subtask.State.SUCCESS);
			}
		}
	}

	@Test
	void hundredThousandTasksPassThroughABoundedGroup() throws Exception {
		AtomicInteger ended = new AtomicInteger();
		try (TaskGroup group = bounded(50)) {
			for (int i = 0; i < 100_000; i++) {
				group.fork(() -> ended.incrementAndGet());
			}
			group.join();
		}

		assertThat(ended).hasValue(100_000);
	}

	@Test
	void optionsWhenBoundIsNotPositiveAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> bounded(0))
			.withMessage("'maxConcurrency' must be at least 1 but was 0");
	}

	private TaskGroup bounded(int maxConcurrency) {
		return this.tasks.group("test", (options) -> options.maxConcurrency(maxConcurrency));
	}

}
