package io.asyncstarter.executor;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * What a task takes along from the thread that submitted it, and what else only some
 * tasks need; so tasks that need none of it can share an instance.
 */
final class TaskCapture {

	final BoundedExecutor executor;

	final TaskContext context;

	final Deadline deadline;

	/**
	 * The task as decorated, or {@code null} if it is not.
	 */
	final @Nullable Runnable decorated;

	/**
	 * The timer entry that ends the task's wait in the queue. Guarded by the lock of
	 * {@link Admission}. An instance that is shared never has one.
	 */
	DeadlineTimer.@Nullable Timeout queueTimeout;

	TaskCapture(BoundedExecutor executor, TaskContext context, Deadline deadline, @Nullable Runnable decorated) {
		this.executor = executor;
		this.context = context;
		this.deadline = deadline;
		this.decorated = decorated;
	}

	TaskCapture decoratedAs(Runnable decorated) {
		return new TaskCapture(this.executor, this.context, this.deadline, decorated);
	}

}
