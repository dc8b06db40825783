package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

import io.asyncstarter.task.BackgroundStats;
import io.asyncstarter.task.TaskNode;
import io.asyncstarter.task.TaskTree;
import io.asyncstarter.task.Tasks;

/**
 * Endpoint that shows what goes on in task groups and in the background, as a tree.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@Endpoint(id = "asynctasks")
public class AsyncTasksEndpoint {

	private final Tasks tasks;

	/**
	 * Creates an endpoint.
	 * @param tasks the groups and background tasks to show
	 */
	public AsyncTasksEndpoint(Tasks tasks) {
		this.tasks = tasks;
	}

	/**
	 * Returns what goes on.
	 * @param most how many groups and tasks to list at most, 1000 unless given
	 * @return the tree
	 */
	@ReadOperation
	public LiveTasks tasks(@Nullable Integer most) {
		if (most != null && most < 1) {
			throw AsyncEndpoint.invalid("'most' must be at least 1 but was %d".formatted(most));
		}
		TaskTree tree = (most != null) ? this.tasks.tree(most) : this.tasks.tree();
		return new LiveTasks(this.tasks.getBackgroundStats(), tree.roots().stream().map(LiveTask::of).toList(),
				tree.omitted());
	}

	/**
	 * Returns what goes on under a name.
	 * @param name the name of groups or background tasks
	 * @return those of them that are at the top of the tree
	 */
	@ReadOperation
	public List<LiveTask> named(@Selector String name) {
		return this.tasks.tree(Integer.MAX_VALUE)
			.roots()
			.stream()
			.filter((root) -> root.name().equals(name))
			.map(LiveTask::of)
			.toList();
	}

	/**
	 * What goes on.
	 *
	 * @param background the figures of the background tasks
	 * @param tasks the groups that were opened outside of any other, and the background
	 * tasks
	 * @param omitted how many more of those there are, which are not listed
	 */
	public record LiveTasks(BackgroundStats background, List<LiveTask> tasks, int omitted) {

	}

	/**
	 * A group, a task of one, or a background task.
	 *
	 * @param kind what it is
	 * @param name its name
	 * @param state what it is doing
	 * @param age how long ago it was opened, forked or started
	 * @param deadlineLeft how long it has until its deadline, or {@code null} if it has
	 * none
	 * @param thread the name of the thread that it runs on, the owner's for a group, or
	 * {@code null}
	 * @param stopReason why it was asked to stop, or {@code null} if it was not
	 * @param children what goes on inside of it
	 * @param omitted how many more there are inside of it, which are not listed
	 */
	public record LiveTask(TaskNode.Kind kind, String name, TaskNode.State state, Duration age,
			@Nullable Duration deadlineLeft, @Nullable String thread, @Nullable String stopReason,
			List<LiveTask> children, int omitted) {

		static LiveTask of(TaskNode node) {
			return new LiveTask(node.kind(), node.name(), node.state(), node.age(), node.deadlineLeft(),
					node.threadName(), node.stopReason(), node.children().stream().map(LiveTask::of).toList(),
					node.omitted());
		}

	}

}
