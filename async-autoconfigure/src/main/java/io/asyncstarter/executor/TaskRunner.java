package io.asyncstarter.executor;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Runs tasks that have a permit, or that are run on somebody else's.
 */
final class TaskRunner {

	private final String executorName;

	private final Admission admission;

	private final TaskLauncher launcher;

	private final QueueExpiry expiry;

	private final ExecutorEvents events;

	private final DeadlineTimer timer;

	TaskRunner(String executorName, Admission admission, TaskLauncher launcher, QueueExpiry expiry,
			ExecutorEvents events, DeadlineTimer timer) {
		this.executorName = executorName;
		this.admission = admission;
		this.launcher = launcher;
		this.expiry = expiry;
		this.events = events;
		this.timer = timer;
	}

	/**
	 * Starts a task for its submitter.
	 * @throws TaskRejectedException if no thread could be had
	 */
	void start(BoundedTask<?> task) {
		try {
			this.launcher.launch(() -> run(task));
		}
		catch (Throwable ex) {
			startQueued(releaseUnstarted(task));
			if (ex instanceof Error error) {
				throw error;
			}
			throw startFailure(ex);
		}
	}

	/**
	 * Starts a task that came out of the queue. If that is not possible its future fails
	 * and the next one is tried.
	 */
	void startQueued(@Nullable BoundedTask<?> task) {
		BoundedTask<?> next = task;
		while (next != null) {
			BoundedTask<?> current = next;
			try {
				this.launcher.launch(() -> run(current));
				return;
			}
			catch (Throwable ex) {
				this.expiry.disarm(current);
				current.fail((ex instanceof Error) ? ex : startFailure(ex));
				next = releaseUnstarted(current);
			}
		}
	}

	private @Nullable BoundedTask<?> releaseUnstarted(BoundedTask<?> task) {
		this.admission.rejected(RejectionReason.START_FAILED);
		BoundedTask<?> next = this.admission.release(task, null);
		task.left();
		this.events.rejected(RejectionReason.START_FAILED);
		return next;
	}

	private TaskRejectedException startFailure(Throwable cause) {
		return new TaskRejectedException(
				"Executor '%s' could not start a thread for the task".formatted(this.executorName), cause);
	}

	/**
	 * The body of a thread: runs a task and, on a pooled thread, those that inherit its
	 * permit.
	 */
	private void run(BoundedTask<?> first) {
		Thread thread = Thread.currentThread();
		boolean reused = this.launcher.reusesThreads();
		boolean clean = this.launcher.startsCleanThreads();
		BoundedTask<?> task = first;
		while (task != null && this.admission.begin(task, thread)) {
			BoundedTask<?> next = runOne(task, clean);
			if (!reused) {
				startQueued(next);
				return;
			}
			task = next;
		}
	}

	private @Nullable BoundedTask<?> runOne(BoundedTask<?> task, boolean cleanThread) {
		TaskOutcome outcome = TaskOutcome.FAILED;
		PermitHolder.enter(task);
		try {
			outcome = perform(task, cleanThread);
		}
		catch (Throwable ex) {
			// The next task is not to pay for it.
			this.events.uncaught(ex);
		}
		finally {
			PermitHolder.leave();
		}
		// An interrupt that came too late for the task must not hit the next one.
		Thread.interrupted();
		BoundedTask<?> next = this.admission.release(task, outcome);
		task.left();
		return next;
	}

	/**
	 * Runs a task on the thread of its submitter.
	 */
	void runOnCaller(BoundedTask<?> task) {
		runInPlace(task, true);
	}

	/**
	 * Runs a task on the thread of a task that joins it, if it is still in the queue.
	 * @return whether it was
	 */
	boolean help(BoundedTask<?> task) {
		boolean claimed = this.admission.claim(task);
		if (claimed) {
			runInPlace(task, false);
		}
		return claimed;
	}

	/**
	 * Runs a task on a thread that has other things to do: an interrupt that was meant
	 * for these is kept for them.
	 */
	private void runInPlace(BoundedTask<?> task, boolean onCaller) {
		boolean interrupted = Thread.interrupted();
		TaskOutcome outcome = TaskOutcome.FAILED;
		try {
			outcome = perform(task, false);
		}
		finally {
			this.admission.ended(task, outcome, onCaller);
			task.left();
			BoundedTask<?> holder = PermitHolder.current();
			if (interrupted || isInterruption(task) || (holder != null && holder.isInterrupted())) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static boolean isInterruption(BoundedTask<?> task) {
		return task.isDone() && task.outcome() == TaskOutcome.FAILED
				&& task.exceptionNow() instanceof InterruptedException;
	}

	/**
	 * Runs a task, if there is still reason to.
	 * @return how the task ended, or {@code null} if it came too late to be run
	 */
	private @Nullable TaskOutcome perform(BoundedTask<?> task, boolean cleanThread) {
		this.expiry.disarm(task);
		if (task.isDone()) {
			return task.outcome();
		}
		if (task.capture.deadline.isExpired()) {
			this.expiry.failExpired(task);
			return null;
		}
		try {
			performInContext(task, cleanThread);
		}
		catch (Throwable ex) {
			if (!task.fail(ex)) {
				this.events.uncaught(ex);
			}
		}
		return task.outcome();
	}

	private void performInContext(BoundedTask<?> task, boolean cleanThread) {
		TaskContext.Scope context = task.capture.context.open(cleanThread);
		try {
			long start = this.timer.nanoTime();
			this.events.before(start - task.since);
			try {
				runDecorated(task);
			}
			finally {
				this.events.after(task.outcome(), this.timer.nanoTime() - start);
			}
		}
		finally {
			context.close();
		}
	}

	private void runDecorated(BoundedTask<?> task) {
		Runnable decorated = task.capture.decorated;
		try {
			if (decorated == null) {
				task.run();
				return;
			}
			decorated.run();
			if (!task.isDone()) {
				task.fail(new IllegalStateException(
						"Task decorator of executor '%s' did not run the task".formatted(this.executorName)));
			}
		}
		finally {
			// FutureTask has returned only after the interrupt of a cancellation has
			// arrived.
			if (task.isInterrupted()) {
				Thread.interrupted();
			}
		}
	}

}
