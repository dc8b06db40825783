package io.asyncstarter.task;

import java.time.Duration;

/**
 * Is told what becomes of groups, their tasks and background tasks, for example to
 * measure it.
 * <p>
 * Methods are called by the threads that do the work, some of them when the group's owner
 * is waiting already, so they must be short and must not block. What they throw is logged
 * and changes nothing. Implementations have to be safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public interface TaskListener {

	/**
	 * Called when a task of a group is about to run.
	 * @param group the name of the group
	 * @param task the name of the task
	 * @param waited how long it has waited since it was forked
	 */
	default void taskStarted(String group, String task, Duration waited) {
	}

	/**
	 * Called when a task of a group has ended.
	 * @param group the name of the group
	 * @param task the name of the task
	 * @param state how it ended
	 * @param time how long it has run; zero if it was not started
	 */
	default void taskEnded(String group, String task, Subtask.State state, Duration time) {
	}

	/**
	 * Called when a group has ended.
	 * @param group the name of the group
	 * @param outcome how it ended
	 * @param time how long it was open
	 */
	default void groupEnded(String group, GroupOutcome outcome, Duration time) {
	}

	/**
	 * Called when a background task, or one run of a periodic one, is about to run.
	 * @param name the name of the background task
	 * @param waited how long it has waited for its start
	 */
	default void backgroundStarted(String name, Duration waited) {
	}

	/**
	 * Called when a background task, or one run of a periodic one, has ended.
	 * @param name the name of the background task
	 * @param state how it ended
	 * @param time how long it has run; zero if it was not started
	 */
	default void backgroundEnded(String name, Subtask.State state, Duration time) {
	}

	/**
	 * Called once for each failure of a background task that nobody has asked for. It is
	 * logged too.
	 * @param name the name of the background task
	 * @param failure what it threw
	 */
	default void backgroundFailed(String name, Throwable failure) {
	}

	/**
	 * Called for each task, and for a body, that has not ended within the group's grace
	 * time although it was asked to stop. It is logged too, with its stack.
	 * @param group the name of the group
	 * @param task the name of the task, or that of the group for its body
	 */
	default void unresponsive(String group, String task) {
	}

}
