package io.asyncstarter.task;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Interruption;
import io.asyncstarter.deadline.TaskBound;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.executor.RejectionReason;

/**
 * A {@link BoundedExecutor} for all tasks of a group.
 */
final class ExecutorLauncher implements TaskLauncher {

	private final BoundedExecutor executor;

	ExecutorLauncher(BoundedExecutor executor) {
		this.executor = executor;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // completed() ends the task whatever
													// comes
	public void launch(ForkedTask<?> task, boolean freePlace) {
		// The thread may be one on which another task has ended: decorators are to see
		// what this one will.
		TaskContext.Scope context = (freePlace) ? task.openContext() : TaskContext.Scope.NONE;
		try {
			// The group enforces the deadline: the executor is to know of none.
			CompletableFuture<?> future = TaskBound.detached(() -> this.executor.submitCompletable(() -> run(task)));
			task.future = future;
			future.whenComplete((result, ex) -> completed(task, ex));
		}
		catch (ExecutorSaturatedException ex) {
			rejected(task, ex, freePlace);
		}
		catch (Throwable ex) {
			task.fail(ex);
		}
		finally {
			context.close();
		}
	}

	private void rejected(ForkedTask<?> task, ExecutorSaturatedException rejection, boolean freePlace) {
		if (rejection.getReason() == RejectionReason.WAIT_INTERRUPTED) {
			task.requestCancel();
		}
		else if (freePlace) {
			task.inheriting = true;
			task.place = Thread.currentThread();
			task.perform(false);
		}
		else {
			task.fail(rejection);
		}
	}

	/**
	 * Runs a task and tells the executor how it ended, for its own accounts.
	 */
	private @Nullable Void run(ForkedTask<?> task) throws Exception {
		Thread current = Thread.currentThread();
		TaskGroup group = task.group();
		boolean borrowed = task.starter == current || (group != null && group.owner() == current);
		task.place = (borrowed) ? null : current;
		task.perform(false);
		if (task.status() == TrackedTask.CANCELLED) {
			throw new CancellationException("Subtask '%s' was cancelled".formatted(task.getName()));
		}
		if (task.outcome() instanceof Throwable failure && task.status() != TrackedTask.SUCCEEDED) {
			if (failure instanceof Error error) {
				throw error;
			}
			throw (failure instanceof Exception ex) ? ex : new IllegalStateException(failure);
		}
		return null;
	}

	/**
	 * Called when the executor is done with a task, which it may not have run.
	 */
	private void completed(ForkedTask<?> task, @Nullable Throwable failure) {
		task.future = null;
		if (failure == null) {
			return;
		}
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		boolean interrupted = Interruption.in(cause) != Interruption.ABSENT;
		if (task.place == null && interrupted && task.status() == TrackedTask.DEFERRED) {
			// The executor leaves the interrupt to whom it was meant for.
			task.giveUp();
		}
		else {
			task.fail(cause);
		}
	}

	@Override
	public void withdraw(ForkedTask<?> task) {
		Future<?> future = task.future;
		if (future != null && task.status() == TrackedTask.CANCELLED) {
			future.cancel(false);
		}
	}

	@Override
	public boolean canHelp() {
		return this.executor.isWithinTask();
	}

	@Override
	public boolean help(ForkedTask<?> task) {
		Future<?> future = task.future;
		return future != null && this.executor.runIfNested(future);
	}

}
