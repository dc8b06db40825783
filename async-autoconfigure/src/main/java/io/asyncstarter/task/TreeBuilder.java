package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;

/**
 * Takes a {@link TaskTree} of a number of nodes at most.
 */
final class TreeBuilder {

	private final long now;

	private int left;

	TreeBuilder(long now, int mostNodes) {
		this.now = now;
		this.left = mostNodes;
	}

	TaskTree build(LiveWork live) {
		List<TaskNode> roots = new ArrayList<>();
		int omitted = 0;
		for (TaskGroup group : live.groups()) {
			omitted += add(roots, group);
		}
		for (BackgroundJob<?> job : live.jobs()) {
			if (job.isDone()) {
				continue;
			}
			if (take()) {
				roots.add(node(job));
			}
			else {
				omitted++;
			}
		}
		for (ForkedTask<?> task : live.tasks()) {
			if (take()) {
				roots.add(node(task));
			}
			else {
				omitted++;
			}
		}
		return new TaskTree(roots, omitted);
	}

	private boolean take() {
		return this.left-- > 0;
	}

	/**
	 * Adds a group if there is one.
	 * @return how many were left out
	 */
	private int add(List<TaskNode> nodes, @Nullable TaskGroup group) {
		if (group == null) {
			return 0;
		}
		if (!take()) {
			return 1;
		}
		nodes.add(node(group));
		return 0;
	}

	private TaskNode node(TaskGroup group) {
		List<TaskNode> children = new ArrayList<>();
		int omitted = add(children, group.scope().nested());
		ChildList tasks = group.tasks().children();
		for (ForkedTask<?> task : tasks.snapshot(Math.max(0, this.left))) {
			if (take()) {
				children.add(node(task));
			}
			else {
				omitted++;
			}
		}
		omitted = Math.max(omitted, tasks.live() - children.size());
		GroupStop stop = group.tasks().stop();
		return new TaskNode(TaskNode.Kind.GROUP, group.getName(), group.state(), age(group.since()),
				left(group.deadline()), group.owner(), (stop != null) ? stop.reason() : null, children, omitted);
	}

	private TaskNode node(ForkedTask<?> task) {
		List<TaskNode> children = new ArrayList<>();
		int omitted = add(children, task.nested());
		return new TaskNode(TaskNode.Kind.TASK, task.getName(), state(task), Duration.ofNanos(task.age(this.now)),
				left(task.limit()), task.thread(), null, children, omitted);
	}

	private TaskNode node(BackgroundJob<?> job) {
		List<TaskNode> children = new ArrayList<>();
		ForkedTask<?> run = job.run();
		int omitted = (run != null) ? add(children, run.nested()) : 0;
		return new TaskNode(TaskNode.Kind.BACKGROUND, job.getName(),
				(run != null) ? state(run) : TaskNode.State.SCHEDULED, age(job.since()), null,
				(run != null) ? run.thread() : null, null, children, omitted);
	}

	private static TaskNode.State state(ForkedTask<?> task) {
		return switch (task.status()) {
			case TrackedTask.WAITING -> TaskNode.State.QUEUED;
			case TrackedTask.CANCELLING, TrackedTask.CANCEL_SENT -> TaskNode.State.CANCELLING;
			default -> TaskNode.State.RUNNING;
		};
	}

	private Duration age(long since) {
		return Duration.ofNanos(Math.max(0, this.now - since));
	}

	private static @Nullable Duration left(Deadline deadline) {
		return (!deadline.isUnbounded()) ? deadline.remaining() : null;
	}

}
