package io.asyncstarter.task;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TaskTree}.
 */
@Timeout(30)
class TaskTreeTests {

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@Test
	void treeShowsGroupsTheirTasksAndGroupsInsideOfThese() throws Exception {
		TestTasks.Blocking inner = this.test.blocking();
		TestTasks.Blocking outer = this.test.blocking();
		TestTasks.Running<Object> running = this.test.start(() -> this.tasks.inGroup("outer",
				(options) -> options.deadline(Duration.ofSeconds(10)).maxConcurrency(2), (group) -> {
					group.fork("user", outer);
					group.fork("orders", () -> this.tasks.inGroup("inner", (nested) -> nested.fork(inner)));
					group.fork("waits", () -> 1);
					group.join();
					return null;
				}));
		inner.awaitBegun();
		outer.awaitBegun();
		TestTasks.eventually("both owners to join")
			.until(() -> this.tasks.tree().format().split("JOINING", -1).length == 3);
		this.test.timer().advance(Duration.ofSeconds(4));

		TaskTree tree = this.tasks.tree();

		String owner = running.thread().getName();
		assertThat(tree.format()).isEqualTo("""
				GROUP 'outer' JOINING, 4000 ms old, 6000 ms left, on %s
				  TASK 'user' RUNNING, 4000 ms old, 6000 ms left, on user
				  TASK 'orders' RUNNING, 4000 ms old, 6000 ms left, on orders
				    GROUP 'inner' JOINING, 4000 ms old, 6000 ms left, on orders
				      TASK 'inner-1' RUNNING, 4000 ms old, 6000 ms left, on #%d
				  TASK 'waits' QUEUED, 4000 ms old, 6000 ms left
				""".formatted(owner, threadOf(tree, inner)));
		inner.release();
		outer.release();
		running.join();
	}

	private static long threadOf(TaskTree tree, TestTasks.Blocking work) {
		Thread thread = tree.roots().get(0).children().get(1).children().get(0).children().get(0).thread();
		assertThat(thread).as("%s", work).isNotNull();
		return thread.threadId();
	}

	@Test
	void treeShowsTheGroupThatIsOpenInABodyUnderThatOfTheBody() {
		try (TaskGroup outer = this.tasks.group("outer"); TaskGroup inner = this.tasks.group("inner")) {
			assertThat(outer.isCancelled() || inner.isCancelled()).isFalse();
			assertThat(this.tasks.tree().roots()).singleElement().satisfies((node) -> {
				assertThat(node.name()).isEqualTo("outer");
				assertThat(node.state()).isEqualTo(TaskNode.State.RUNNING);
				assertThat(node.deadlineLeft()).isNull();
				assertThat(node.children()).extracting(TaskNode::name).containsExactly("inner");
			});
		}
	}

	@Test
	void treeShowsWhatIsBeingCancelledAndWhy() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test")) {
			group.fork("child", work::ignoringInterrupts);
			work.awaitBegun();
			group.cancel("no longer needed");

			TaskNode node = this.tasks.tree().roots().get(0);

			assertThat(node.state()).isEqualTo(TaskNode.State.CANCELLING);
			assertThat(node.stopReason()).isEqualTo("no longer needed");
			assertThat(node.children()).singleElement()
				.extracting(TaskNode::state)
				.isEqualTo(TaskNode.State.CANCELLING);
			work.release();
			group.join();
		}
	}

	@Test
	void treeListsNoMoreThanAskedForAndCountsTheRest() throws Exception {
		TestTasks.Blocking work = this.test.blocking();
		try (TaskGroup group = this.tasks.group("test", (options) -> options.maxConcurrency(1))) {
			for (int i = 0; i < 50; i++) {
				group.fork(work);
			}

			TaskTree tree = this.tasks.tree(11);

			assertThat(tree.roots()).singleElement().satisfies((node) -> {
				assertThat(node.children()).hasSize(10);
				assertThat(node.omitted()).isEqualTo(40);
			});
			assertThat(tree.format()).endsWith("  and 40 more\n");
			assertThat(this.tasks.tree(0)).isEqualTo(new TaskTree(java.util.List.of(), 1));
			work.release();
			group.join();
		}
	}

	@Test
	void treeIsEmptyWhenNothingGoesOn() {
		assertThat(this.tasks.tree().roots()).isEmpty();
		assertThat(this.tasks.tree().format()).isEmpty();
	}

}
