package io.asyncstarter.task;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TaskListener}.
 */
@Timeout(30)
class TaskListenerTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

	TaskListenerTests() {
		this.tasks.addListener(new Recorder());
	}

	@Test
	void groupAndTasksAreToldWithTheirTimes() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test
			.start(() -> this.tasks.inGroup("test", (options) -> options.maxConcurrency(1), (group) -> {
				group.fork("first", work);
				group.fork("second", () -> 1);
				group.join();
				return null;
			}));
		work.awaitBegun();
		running.awaitBlocked();
		this.test.timer().advance(Duration.ofSeconds(2));
		work.release();
		running.join();

		assertThat(this.events).containsExactly("started test/first after PT0S", "ended test/first SUCCESS in PT2S",
				"started test/second after PT2S", "ended test/second SUCCESS in PT0S", "group test SUCCEEDED in PT2S");
	}

	@Test
	void outcomesOfGroupsAreTold() throws Exception {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("failed", (group) -> {
			throw new ArithmeticException("expected");
		}));
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.tasks.inGroup("interrupted", (group) -> {
				throw new InterruptedException();
			}));
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(
				() -> this.tasks.inGroup("late", (options) -> options.deadline(Duration.ofSeconds(1)), (group) -> {
					this.test.timer().advance(Duration.ofSeconds(1));
					return this.test.blocking().call();
				}));
		this.tasks.inGroup("cancelled", (group) -> {
			group.cancel("test");
			return 0;
		});
		this.tasks.group("left").close();

		assertThat(this.events).containsExactly("group failed FAILED in PT0S", "group interrupted INTERRUPTED in PT0S",
				"group late DEADLINE_EXCEEDED in PT1S", "group cancelled CANCELLED in PT0S",
				"group left CANCELLED in PT0S");
	}

	@Test
	void groupThatItsBodyClosesBeforeItFailsEndsOnce() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
			group.close();
			throw new ArithmeticException("expected");
		})).withCauseExactlyInstanceOf(ArithmeticException.class);

		assertThat(this.events).containsExactly("group test CANCELLED in PT0S");
	}

	@Test
	void backgroundTasksAreTold() throws Exception {
		this.tasks.background("test", () -> 1).get();

		assertThat(this.events).containsExactly("background test started after PT0S",
				"background test SUCCESS in PT0S");
	}

	@Test
	void whatAListenerThrowsChangesNothing() throws Exception {
		this.tasks.addListener(new TaskListener() {

			@Override
			public void taskStarted(String group, String task, Duration waited) {
				throw new IllegalStateException("expected in the log");
			}

			@Override
			public void taskEnded(String group, String task, Subtask.State state, Duration time) {
				throw new AssertionError("expected in the log");
			}

		});
		try (TaskGroup group = this.tasks.group("test")) {
			List<Subtask<Integer>> children = List.of(group.fork(() -> 1), group.fork(() -> 2));
			group.join();

			assertThat(children).extracting(Subtask::get).containsExactly(1, 2);
		}
	}

	private final class Recorder implements TaskListener {

		@Override
		public void taskStarted(String group, String task, Duration waited) {
			record("started %s/%s after %s".formatted(group, task, waited));
		}

		@Override
		public void taskEnded(String group, String task, Subtask.State state, Duration time) {
			record("ended %s/%s %s in %s".formatted(group, task, state, time));
		}

		@Override
		public void groupEnded(String group, GroupOutcome outcome, Duration time) {
			record("group %s %s in %s".formatted(group, outcome, time));
		}

		@Override
		public void backgroundStarted(String name, Duration waited) {
			record("background %s started after %s".formatted(name, waited));
		}

		@Override
		public void backgroundEnded(String name, Subtask.State state, Duration time) {
			record("background %s %s in %s".formatted(name, state, time));
		}

		private void record(String event) {
			TaskListenerTests.this.events.add(event);
		}

	}

}
