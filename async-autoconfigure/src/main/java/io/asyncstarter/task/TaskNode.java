package io.asyncstarter.task;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A group, a task of one, or a background task, as it was when the tree was looked at.
 *
 * @param kind what it is
 * @param name its name
 * @param state what it is doing
 * @param age how long ago it was opened, forked or started
 * @param deadlineLeft how long it has until its deadline, zero if that has passed, or
 * {@code null} if it has none
 * @param thread the thread that it runs on, the owner's for a group, or {@code null}
 * @param stopReason why it was asked to stop, or {@code null} if it was not
 * @param children what goes on inside of it
 * @param omitted how many more there are inside of it, which are not listed
 * @since 0.1.0
 */
public record TaskNode(Kind kind, String name, State state, Duration age, @Nullable Duration deadlineLeft,
		@Nullable Thread thread, @Nullable String stopReason, List<TaskNode> children, int omitted) {

	/**
	 * Creates a node.
	 */
	public TaskNode {
		children = List.copyOf(children);
	}

	/**
	 * Returns what the thread is called in logs and dumps.
	 * @return its name, or its number if it has none; {@code null} if there is no thread
	 */
	public @Nullable String threadName() {
		if (this.thread == null) {
			return null;
		}
		return (!this.thread.getName().isEmpty()) ? this.thread.getName() : "#%d".formatted(this.thread.threadId());
	}

	/**
	 * The kinds of nodes.
	 */
	public enum Kind {

		/**
		 * A group.
		 */
		GROUP,

		/**
		 * A task of a group.
		 */
		TASK,

		/**
		 * A background task.
		 */
		BACKGROUND

	}

	/**
	 * What a node is doing.
	 */
	public enum State {

		/**
		 * It waits for a thread, or for its turn.
		 */
		QUEUED,

		/**
		 * It runs; the body of a group does.
		 */
		RUNNING,

		/**
		 * The owner of the group waits for its tasks.
		 */
		JOINING,

		/**
		 * It was asked to stop and has not ended.
		 */
		CANCELLING,

		/**
		 * The periodic task waits for its next run.
		 */
		SCHEDULED

	}

}
