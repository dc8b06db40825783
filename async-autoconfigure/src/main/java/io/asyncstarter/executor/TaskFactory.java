package io.asyncstarter.executor;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Makes the tasks of an executor, on the submitter's thread and with what is bound to it.
 */
final class TaskFactory {

	private final BoundedExecutor executor;

	private final @Nullable TaskDecorator taskDecorator;

	private final @Nullable Duration runTimeout;

	private final DeadlineTimer timer;

	private final String taskScope;

	private final String runTimeoutScope;

	/**
	 * Whether each task needs a capture of its own, for its queue timeout.
	 */
	private final boolean unshared;

	/**
	 * The last capture that held nothing but a context; shared, see
	 * {@link TaskContext#capture()}.
	 */
	private volatile @Nullable TaskCapture lastPlain;

	TaskFactory(BoundedExecutor executor, BoundedExecutor.Builder builder) {
		this.executor = executor;
		this.taskDecorator = builder.taskDecorator;
		this.runTimeout = builder.runTimeout;
		this.timer = builder.timer;
		this.unshared = builder.queueTimeout != null;
		this.taskScope = "task of executor '%s'".formatted(builder.name);
		this.runTimeoutScope = "run timeout of executor '%s'".formatted(builder.name);
	}

	<V extends @Nullable Object> BoundedTask<V> task(Callable<V> work) {
		TaskCapture capture = capture();
		return new BoundedTask<>(capture, scoped(requireWork(work), capture.deadline));
	}

	<V extends @Nullable Object> CompletableTask<V> completable(Callable<V> work) {
		TaskCapture capture = capture();
		return new CompletableTask<>(capture, scoped(work, capture.deadline));
	}

	<V extends @Nullable Object> BulkTask<V> bulk(Callable<V> work, BlockingQueue<BulkTask<V>> ended) {
		TaskCapture capture = capture();
		return new BulkTask<>(capture, scoped(requireWork(work), capture.deadline), ended);
	}

	/**
	 * Returns the task for a command: the command itself if it is one of ours, as in
	 * {@code submit}.
	 */
	BoundedTask<?> forCommand(Runnable command) {
		if (command instanceof BoundedTask<?> task && task.isOf(this.executor) && task.state == TaskState.NEW) {
			decorate(task);
			return task;
		}
		TaskCapture capture = capture();
		RunnableWork work = new RunnableWork(decorated(command));
		if (CompletionServices.wraps(command, this.executor)) {
			// The task within is limited itself, and is the one to say why it ended.
			return new FutureCommandTask(capture, work, command, (Future<?>) command);
		}
		Callable<@Nullable Void> scoped = scoped(work, capture.deadline);
		return (command instanceof Future<?> future) ? new FutureCommandTask(capture, scoped, command, future)
				: new CommandTask(capture, scoped, command);
	}

	/**
	 * Decorates a task, as Spring's executors do with the futures they run.
	 */
	void decorate(BoundedTask<?> task) {
		if (this.taskDecorator != null) {
			task.capture = task.capture.decoratedAs(decorated(task));
		}
	}

	private Runnable decorated(Runnable task) {
		if (this.taskDecorator == null) {
			return task;
		}
		@Nullable Runnable decorated = this.taskDecorator.decorate(task);
		if (decorated == null) {
			throw new IllegalStateException("Task decorator [%s] of executor '%s' returned no task"
				.formatted(this.taskDecorator, this.executor.getName()));
		}
		return decorated;
	}

	private static <V extends @Nullable Object> Callable<V> requireWork(@Nullable Callable<V> work) {
		if (work == null) {
			throw new NullPointerException("'task' must not be null");
		}
		return work;
	}

	private TaskCapture capture() {
		TaskContext context = TaskContext.capture();
		Deadline deadline = Deadline.current();
		if (this.unshared || !deadline.isUnbounded()) {
			return new TaskCapture(this.executor, context, deadline, null);
		}
		TaskCapture plain = this.lastPlain;
		if (plain == null || plain.context != context) {
			plain = new TaskCapture(this.executor, context, deadline, null);
			this.lastPlain = plain;
		}
		return plain;
	}

	private <V extends @Nullable Object> Callable<V> scoped(Callable<V> work, Deadline deadline) {
		Callable<V> limited = work;
		Duration limit = this.runTimeout;
		if (limit != null) {
			limited = () -> Deadline.after(limit, this.timer).call(this.runTimeoutScope, work);
		}
		if (deadline.isUnbounded()) {
			return limited;
		}
		Callable<V> inner = limited;
		return () -> deadline.call(this.taskScope, inner);
	}

}
