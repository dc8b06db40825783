package io.asyncstarter.task;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the report on what ignores its interruption.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class UnresponsiveTasksTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();

	@RegisterExtension
	private final TestTasks test = new TestTasks((builder) -> builder.listener(new TaskListener() {

		@Override
		public void unresponsive(String group, String task) {
			UnresponsiveTasksTests.this.reported.add(group + "/" + task);
		}

	}));

	private final Tasks tasks = this.test.get();

	private final Consumer<TaskGroupOptions.Builder> grace = (options) -> options.grace(SECOND);

	@Test
	void childThatIgnoresItsCancellationIsReportedWithItsStackAndStillAwaited(CapturedOutput output) throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Blocking good = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test", this.grace)) {
				group.fork("good", good);
				group.fork("stubborn", work::ignoringInterrupts);
				good.awaitBegun();
				work.awaitBegun();
			}
			return null;
		});
		work.awaitInterrupted();
		TestTasks.eventually("good child to end").until(() -> this.tasks.tree().roots().get(0).children().size() == 1);

		this.test.timer().advance(SECOND);
		TestTasks.eventually("report").until(() -> !this.reported.isEmpty());

		assertThat(running.task().isDone()).isFalse();
		assertThat(this.reported).containsExactly("test/stubborn");
		TestTasks.eventually("log")
			.until(() -> output.getOut().contains("ignores its interruption for more than PT1S"));
		assertThat(output).contains("subtask 'stubborn' on thread \"stubborn\"").contains("ignoringInterrupts");
		work.release();
		running.join();
	}

	@Test
	void childThatIgnoresTheCancellationOfItsHandleIsReported() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("test", this.grace, (group) -> {
			Subtask<String> child = group.fork("stubborn", work::ignoringInterrupts);
			work.awaitBegun();
			child.cancel();
			group.join();
			return null;
		}));
		work.awaitInterrupted();
		running.awaitBlocked();

		this.test.timer().advance(SECOND);
		TestTasks.eventually("report").until(() -> !this.reported.isEmpty());

		assertThat(this.reported).containsExactly("test/stubborn");
		work.release();
		running.join();
	}

	@Test
	void bodyThatIgnoresItsInterruptionIsReported() throws Exception {
		TestTasks.Blocking body = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try {
				return this.tasks.inGroup("test", this.grace, (group) -> {
					group.fork(() -> {
						throw new ArithmeticException("expected");
					});
					return body.ignoringInterrupts();
				});
			}
			catch (TaskGroupException ex) {
				return ex.failures();
			}
		});
		body.awaitInterrupted();
		TestTasks.eventually("report to be armed").until(() -> this.test.timer().armed() == 1);

		this.test.timer().advance(SECOND);
		TestTasks.eventually("report").until(() -> !this.reported.isEmpty());

		assertThat(this.reported).containsExactly("test/test");
		body.release();
		assertThat(running.join()).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(1);
	}

	@Test
	void eachChildHasItsOwnGraceTime() throws Exception {
		TestTasks.Blocking good = this.test.blocking();
		TestTasks.Blocking first = this.test.blocking();
		TestTasks.Blocking second = this.test.blocking();
		this.tasks.inGroup("test", this.grace, (group) -> {
			Subtask<String> ended = group.fork("good", good);
			good.awaitBegun();
			ended.cancel();
			TestTasks.spinUntil(() -> ended.state() == Subtask.State.CANCELLED);
			this.test.timer().advance(SECOND.dividedBy(2));
			cancelStubborn(group, "first", first);
			this.test.timer().advance(SECOND.dividedBy(2));
			cancelStubborn(group, "second", second);
			TestTasks.eventually("timer to be armed again").until(() -> this.test.timer().armed() == 1);
			assertThat(this.reported).isEmpty();

			this.test.timer().advance(SECOND.dividedBy(2));
			TestTasks.eventually("first report").until(() -> this.reported.contains("test/first"));
			TestTasks.eventually("timer to be armed again").until(() -> this.test.timer().armed() == 1);
			this.test.timer().advance(SECOND.dividedBy(2));
			TestTasks.eventually("second report").until(() -> this.reported.contains("test/second"));
			first.release();
			second.release();
			return null;
		});

		assertThat(this.reported).containsExactly("test/first", "test/second");
	}

	private void cancelStubborn(TaskGroup group, String name, TestTasks.Blocking work) throws InterruptedException {
		Subtask<String> child = group.fork(name, work::ignoringInterrupts);
		work.awaitBegun();
		child.cancel();
		work.awaitInterrupted();
	}

	@Test
	void bodyThatCancelsItsGroupAndGoesOnIsNotReported() throws Exception {
		TestTasks.Blocking stubborn = this.test.blocking();
		this.tasks.inGroup("test", this.grace, (group) -> {
			group.fork("stubborn", stubborn::ignoringInterrupts);
			stubborn.awaitBegun();
			group.cancel("enough");
			assertThat(Thread.interrupted()).isTrue();
			stubborn.awaitInterrupted();

			this.test.timer().advance(SECOND);
			TestTasks.eventually("report").until(() -> !this.reported.isEmpty());
			stubborn.release();
			return null;
		});

		assertThat(this.reported).containsExactly("test/stubborn");
	}

	@Test
	void graceLongerThanCanBeCountedInNanosecondsReportsNothing() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		this.tasks.inGroup("test", (options) -> options.grace(Duration.ofSeconds(Long.MAX_VALUE)), (group) -> {
			group.fork(work);
			work.awaitBegun();
			group.cancel("enough");
			return null;
		});

		assertThat(work.wasInterrupted()).isTrue();
		assertThat(this.reported).isEmpty();
	}

	@Test
	void zeroGraceReportsNothing() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> {
			try (TaskGroup group = this.tasks.group("test", (options) -> options.grace(Duration.ZERO))) {
				group.fork("stubborn", work::ignoringInterrupts);
				work.awaitBegun();
			}
			return null;
		});
		work.awaitInterrupted();

		assertThat(this.test.timer().armed()).isZero();

		work.release();
		running.join();
	}

}
