package io.asyncstarter.task;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.deadline.TaskBound;

/**
 * A background task, be it periodic or not.
 *
 * @param <T> the type of the result
 */
final class BackgroundJob<T extends @Nullable Object> extends BriefLock implements BackgroundTask<T>, TaskOwner {

	/*
	 * Invariants. (1) 'run', 'next', 'cancelled' and 'last' are guarded by this lock. (2)
	 * Until the task has ended, there is a run, or the timer entry of the next one, or
	 * the thread that makes the one from the other. Whoever takes the last of them away
	 * ends the task. (3) 'outcome' is completed once, by that one.
	 */

	private final BackgroundWork background;

	private final String name;

	private final BackgroundOptions options;

	private final TaskLauncher launcher;

	private final Callable<? extends T> work;

	private final TaskContext context;

	private final CompletableFuture<T> outcome = new CompletableFuture<>();

	private final long since;

	private @Nullable ForkedTask<T> run;

	private DeadlineTimer.@Nullable Timeout next;

	private boolean cancelled;

	private boolean last;

	private volatile DeadlineTimer.@Nullable Timeout report;

	private volatile boolean observed;

	BackgroundJob(BackgroundWork background, String name, BackgroundOptions options, TaskLauncher launcher,
			Callable<? extends T> work) {
		this.background = background;
		this.name = name;
		this.options = options;
		this.launcher = launcher;
		this.work = limited(work);
		this.context = TaskBound.detached(TaskContext::capture);
		this.since = background.timer().nanoTime();
		this.last = options.every() == null;
	}

	private Callable<? extends T> limited(Callable<? extends T> work) {
		Deadline inherited = (this.options.inheritDeadline()) ? Deadline.current() : Deadline.none();
		Duration own = this.options.deadline();
		if (inherited.isUnbounded() && own == null) {
			return work;
		}
		return () -> {
			Deadline deadline = (own != null) ? Deadline.after(own, this.background.timer()) : Deadline.none();
			return deadline.earliest(inherited).<T>call(this.name, work::call);
		};
	}

	/**
	 * Starts the first run, or the next one.
	 */
	void start() {
		ForkedTask<T> run = new ForkedTask<>(this, this.name, Deadline.none(), this.context, this.work);
		run.forkedAt(this.background.timer().nanoTime());
		boolean start;
		acquire();
		try {
			start = !this.cancelled && (this.next == null || !this.last);
			this.next = null;
			this.run = (start) ? run : null;
		}
		finally {
			release();
		}
		if (start) {
			this.launcher.launch(run, false);
			if (run.status() == TrackedTask.CANCELLED) {
				this.launcher.withdraw(run);
			}
		}
		else {
			end(null);
		}
	}

	@Override
	public boolean isStopped() {
		return false;
	}

	@Override
	public void started(ForkedTask<?> task) {
		this.background.started(this, task);
	}

	@Override
	public void ended(ForkedTask<?> task, int ended) {
		this.background.ended(this, task);
		boolean periodic = this.options.every() != null;
		if (periodic && ended == TrackedTask.FAILED) {
			this.background.report(this.name, task.exception());
		}
		boolean over;
		acquire();
		try {
			over = this.last || this.cancelled;
			if (!over) {
				this.next = this.background.timer().schedule(delay(), this::startLater);
			}
		}
		finally {
			release();
		}
		if (over) {
			end((periodic) ? null : task);
		}
	}

	private long delay() {
		long every = (this.options.every() != null) ? TimeUnit.NANOSECONDS.convert(this.options.every()) : 0;
		double spread = this.options.jitter() * ThreadLocalRandom.current().nextDouble(-1, 1);
		return Math.max(1, Math.round(every * (1 + spread)));
	}

	/**
	 * Called on the timer's thread; what decorators and executors do may take time.
	 */
	private void startLater() {
		Thread.ofVirtual().name(this.name).inheritInheritableThreadLocals(false).start(this::start);
	}

	/**
	 * Ends this task.
	 * @param task its only run, or {@code null} if the task is periodic
	 */
	private void end(@Nullable ForkedTask<?> task) {
		this.background.leaving();
		if (task != null && task.state() == Subtask.State.SUCCESS) {
			succeed(task);
		}
		else if (task != null && task.state() == Subtask.State.FAILED) {
			this.outcome.completeExceptionally(task.exception());
			this.background.reportUnlessObserved(this);
		}
		else {
			this.outcome.cancel(false);
		}
		this.background.left(this);
	}

	@SuppressWarnings("unchecked") // a run is of the type of its task
	private void succeed(ForkedTask<?> task) {
		this.outcome.complete((T) task.get());
	}

	void reportAt(DeadlineTimer.Timeout timeout) {
		this.report = timeout;
		if (!this.background.isUnobserved(this)) {
			timeout.cancel();
		}
	}

	private void observe() {
		this.observed = true;
		this.background.observed(this);
		disarmReport();
	}

	/**
	 * Takes the report back that was arranged, if there is one.
	 */
	void disarmReport() {
		DeadlineTimer.Timeout report = this.report;
		if (report != null) {
			report.cancel();
		}
	}

	/**
	 * Lets the current run be the last one.
	 */
	void endAfterRun() {
		acquire();
		DeadlineTimer.Timeout next;
		try {
			this.last = true;
			next = this.next;
		}
		finally {
			release();
		}
		if (next != null && next.cancel()) {
			end(null);
		}
	}

	@Override
	public boolean cancel() {
		ForkedTask<T> run;
		DeadlineTimer.Timeout next;
		acquire();
		try {
			this.cancelled = true;
			run = this.run;
			next = this.next;
		}
		finally {
			release();
		}
		if (next != null && next.cancel()) {
			end(null);
			return true;
		}
		if (run != null && run.requestCancel()) {
			this.launcher.withdraw(run);
			return true;
		}
		return !this.outcome.isDone();
	}

	@Override
	public void cancelled(ForkedTask<?> task) {
		this.launcher.withdraw(task);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Subtask.State state() {
		if (!this.outcome.isDone()) {
			return Subtask.State.UNAVAILABLE;
		}
		if (this.outcome.isCancelled()) {
			return Subtask.State.CANCELLED;
		}
		return (this.outcome.isCompletedExceptionally()) ? Subtask.State.FAILED : Subtask.State.SUCCESS;
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		try {
			T result = this.outcome.get();
			observe();
			return result;
		}
		catch (ExecutionException | CancellationException ex) {
			observe();
			throw ex;
		}
	}

	@Override
	public T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
		Assert.notNull(timeout, "'timeout' must not be null");
		try {
			return this.outcome.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			observe();
			throw ex;
		}
	}

	@Override
	public Throwable exception() {
		Assert.state(state() == Subtask.State.FAILED,
				() -> "Background task '%s' has no exception: it is %s".formatted(this.name, state()));
		observe();
		return failure();
	}

	Throwable failure() {
		return this.outcome.exceptionNow();
	}

	@Override
	public CompletableFuture<T> toCompletableFuture() {
		observe();
		return this.outcome.copy();
	}

	/**
	 * Has something done when this task has ended, without asking for its failure.
	 */
	void whenEnded(Runnable action) {
		CompletionStage<T> end = this.outcome;
		end.whenComplete((result, ex) -> action.run());
	}

	@Override
	public @Nullable TaskGroup group() {
		return null;
	}

	@Override
	public boolean hasExecutor() {
		return this.launcher != ThreadLauncher.INSTANCE;
	}

	boolean isObserved() {
		return this.observed;
	}

	boolean isDone() {
		return this.outcome.isDone();
	}

	/**
	 * Returns the current run, or {@code null} if the task waits for its next one.
	 */
	@Nullable ForkedTask<?> run() {
		acquire();
		try {
			return (this.next != null) ? null : this.run;
		}
		finally {
			release();
		}
	}

	long since() {
		return this.since;
	}

	@Override
	public String toString() {
		return "BackgroundTask '%s' [%s]".formatted(this.name, state());
	}

}
