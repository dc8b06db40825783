package io.asyncstarter.task;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.Interruption;
import io.asyncstarter.deadline.TaskBound;

/**
 * Work that is run once, at most, on a thread that it may not own, and that other threads
 * can cancel: the work, its state and its outcome in one object.
 *
 * @param <T> the type of the result
 */
abstract class TrackedTask<T extends @Nullable Object> extends TaskBound implements Runnable, TreeParent {

	/*
	 * Invariants. (1) The status only grows. It leaves WAITING once: to RUNNING by the
	 * thread that runs the work, or to CANCELLED by whoever cancels, and then the work
	 * never runs. (2) The thread is interrupted on the way from CANCELLING to CANCEL_SENT
	 * and at no other time. The runner waits that out before it ends, so the interrupt
	 * never hits what the thread does next. (3) The slot holds the work until it runs,
	 * and the outcome from before the status says that there is one. (4) 'thread' is
	 * visible to whoever sees RUNNING.
	 */

	static final int WAITING = 0;

	static final int RUNNING = 1;

	static final int CANCELLING = 2;

	static final int CANCEL_SENT = 3;

	/**
	 * The work has ended by an interruption that nobody here asked for, and whoever runs
	 * it is to say what that means. Too late to be cancelled.
	 */
	static final int DEFERRED = 4;

	static final int SUCCEEDED = 5;

	static final int FAILED = 6;

	static final int CANCELLED = 7;

	private static final VarHandle STATUS;

	static {
		try {
			STATUS = MethodHandles.lookup().findVarHandle(TrackedTask.class, "status", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final TaskContext context;

	private volatile int status;

	private @Nullable Object slot;

	private @Nullable Thread thread;

	private volatile @Nullable TaskGroup nested;

	TrackedTask(Deadline deadline, TaskContext context, Callable<? extends T> work) {
		super(deadline);
		this.context = context;
		this.slot = work;
	}

	/**
	 * Runs the work on a thread that was started for it.
	 */
	@Override
	public final void run() {
		perform(true);
	}

	/**
	 * Runs the work on the calling thread, unless it was cancelled before.
	 * @param freshThread whether the thread was started for this work alone
	 */
	final void perform(boolean freshThread) {
		if (isStopped()) {
			requestCancel();
			return;
		}
		this.thread = Thread.currentThread();
		Object work = this.slot;
		if (!STATUS.compareAndSet(this, WAITING, RUNNING)) {
			this.thread = null;
			return;
		}
		Object result = null;
		Throwable failure = null;
		try {
			result = perform(freshThread, (Callable<?>) work);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		end(result, failure);
	}

	private @Nullable Object perform(boolean freshThread, @Nullable Callable<?> work) throws Exception {
		TaskContext.Scope scope = this.context.open(freshThread);
		try {
			started();
			if (freshThread) {
				enterForGood();
				return call(work);
			}
			enter();
			try {
				return call(work);
			}
			finally {
				exit();
			}
		}
		finally {
			scope.close();
		}
	}

	private @Nullable Object call(@Nullable Callable<?> work) throws Exception {
		Object result;
		try {
			result = (work != null) ? work.call() : null;
		}
		catch (Throwable ex) {
			IllegalStateException misuse = closeForgotten();
			if (misuse != null) {
				ex.addSuppressed(misuse);
			}
			throw ex;
		}
		IllegalStateException misuse = closeForgotten();
		if (misuse != null) {
			throw misuse;
		}
		return result;
	}

	/**
	 * Closes a group that the work has opened and not closed.
	 */
	private @Nullable IllegalStateException closeForgotten() {
		TaskGroup forgotten = this.nested;
		return (forgotten != null) ? forgotten.closeForgotten("Task '%s' must not end".formatted(getName())) : null;
	}

	private void end(@Nullable Object result, @Nullable Throwable failure) {
		this.slot = (failure != null) ? failure : result;
		int ended = (failure != null) ? FAILED : SUCCEEDED;
		Interruption interruption = Interruption.in(failure);
		if (interruption != Interruption.ABSENT && isRunBySomebodyElse()
				&& STATUS.compareAndSet(this, RUNNING, DEFERRED)) {
			return;
		}
		if (!STATUS.compareAndSet(this, RUNNING, ended)) {
			awaitCancelSent();
			if (failure != null && (interruption != Interruption.ABSENT || failure instanceof CancellationException)) {
				ended = CANCELLED;
			}
			if (interruption != Interruption.DELIVERED) {
				// What is pending is the cancellation's.
				Thread.interrupted();
			}
			this.status = ended;
		}
		this.thread = null;
		ended(ended);
	}

	@SuppressWarnings("ThreadPriorityCheck") // the other thread is inside of interrupt()
	private void awaitCancelSent() {
		while (this.status == CANCELLING) {
			Thread.yield();
		}
	}

	/**
	 * Ends work that was not started and will not be, or whose end was deferred.
	 * @param failure why
	 */
	final void fail(Throwable failure) {
		if (STATUS.compareAndSet(this, WAITING, DEFERRED) || this.status == DEFERRED) {
			this.slot = failure;
			this.thread = null;
			this.status = FAILED;
			ended(FAILED);
		}
	}

	/**
	 * Ends work whose end was deferred: it was somebody else who was interrupted.
	 */
	final void giveUp() {
		this.thread = null;
		this.status = CANCELLED;
		ended(CANCELLED);
	}

	/**
	 * Makes what the work will see visible to the calling thread.
	 */
	final TaskContext.Scope openContext() {
		return this.context.open(false);
	}

	/**
	 * Returns whether somebody runs the work who may interrupt it for reasons of its own.
	 */
	boolean isRunBySomebodyElse() {
		return false;
	}

	/**
	 * Asks the work to stop.
	 * @return whether the work has not ended, or will not have been started
	 */
	final boolean requestCancel() {
		while (true) {
			int seen = this.status;
			if (seen == WAITING && STATUS.compareAndSet(this, WAITING, CANCELLED)) {
				this.slot = null;
				ended(CANCELLED);
				return true;
			}
			if (seen == RUNNING) {
				Thread runner = this.thread;
				if (STATUS.compareAndSet(this, RUNNING, CANCELLING)) {
					interrupt(runner);
					return true;
				}
			}
			else if (seen != WAITING) {
				return seen < DEFERRED;
			}
		}
	}

	private void interrupt(@Nullable Thread runner) {
		try {
			if (runner != null) {
				runner.interrupt();
			}
		}
		finally {
			this.status = CANCEL_SENT;
		}
	}

	@Override
	protected final boolean isCancelRequested() {
		int seen = this.status;
		return seen == CANCELLING || seen == CANCEL_SENT;
	}

	/**
	 * Returns the name of the task.
	 */
	abstract String getName();

	/**
	 * Returns whether the work is not to be started any more.
	 */
	abstract boolean isStopped();

	/**
	 * Called by the thread that is about to run the work, with the work's context.
	 */
	abstract void started();

	/**
	 * Called once, by the thread that ended the work, after the outcome is visible.
	 * @param ended the final status
	 */
	abstract void ended(int ended);

	final int status() {
		return this.status;
	}

	/**
	 * Returns the outcome: the result or the failure, according to the status.
	 */
	final @Nullable Object outcome() {
		return this.slot;
	}

	/**
	 * Returns the thread that runs the work, or {@code null} if none does.
	 */
	final @Nullable Thread thread() {
		return (isRunning()) ? this.thread : null;
	}

	final boolean isRunning() {
		int seen = this.status;
		return seen >= RUNNING && seen <= DEFERRED;
	}

	/**
	 * Returns the deadline that applies to the work.
	 */
	final Deadline limit() {
		return deadline();
	}

	@Override
	public final void nest(@Nullable TaskGroup group) {
		this.nested = group;
	}

	final @Nullable TaskGroup nested() {
		return this.nested;
	}

}
