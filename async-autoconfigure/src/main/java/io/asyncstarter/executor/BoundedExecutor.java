package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A named executor that runs at most {@code maxConcurrency} tasks at once, lets at most
 * {@code queueCapacity} further ones wait in the order of their arrival, and answers the
 * next one by its {@link OverloadPolicy}. It is a full
 * {@link java.util.concurrent.ExecutorService java.util.concurrent.ExecutorService} and
 * Spring's {@link AsyncTaskExecutor} alike.
 *
 * <h2>Submission</h2> No method that takes a single task blocks, unless the policy is
 * {@link OverloadPolicy#WAIT}. A waiting task is an entry in a list, not a thread. A
 * refused task is reported by an {@link ExecutorSaturatedException} or
 * {@link ExecutorShutDownException}, both of them a {@link RejectedExecutionException}.
 * {@link #invokeAll} and {@link #invokeAny} block anyway, so at saturation they first
 * wait for tasks of their own to make room, and their time limit holds under every
 * policy; with one they run nothing on the caller's thread.
 *
 * <h2>Start</h2> If no thread can be started for a task, the submitter gets a
 * {@link org.springframework.core.task.TaskRejectedException}, or the {@link Error} that
 * was the reason, and the permit is free again. A task that had to wait has no submitter
 * to tell: its future fails likewise and the next task is tried.
 *
 * <h2>Cancellation</h2> Cancelling the future of a waiting task frees its place at once
 * and the task never runs. Cancelling a {@link CompletableFuture} of
 * {@link #submitCompletable(Callable)}, or completing it in any other way (for instance
 * by {@code orTimeout}), cancels the task behind it. The future of
 * {@code CompletableFuture.supplyAsync(work, executor)} is out of reach: it never ends if
 * its task is not run.
 *
 * <h2>Context</h2> What is bound to the submitting thread (see
 * {@link io.asyncstarter.context.TaskContext}) is bound to the task's thread while the
 * task runs, and cleared afterwards. The submitter's
 * {@link io.asyncstarter.deadline.Deadline} goes along: a task whose deadline passes
 * before its start is not started, a running one is interrupted.
 *
 * <h2>Tasks that wait for tasks</h2> A task that calls {@code get()} or {@code join()} on
 * a future of its own executor, or {@code invokeAll} or {@code invokeAny}, runs what
 * still waits in the queue in place, on its own permit. So nested tasks that are joined
 * this way cannot lock each other out. A {@code get} with a time limit never runs the
 * task in place, but ends at that limit; a submitter that would wait for room which only
 * itself and others like it can make is refused at once; and so is a task that waits for
 * its own end. What cannot be helped, such as waiting for a latch or for
 * {@code CompletableFuture.allOf}, is watched: when all running tasks are blocked for a
 * second and as many of their own wait in the queue, that is logged as a warning, with
 * their stacks, and counted in {@link BoundedExecutorStats#stalls()}.
 *
 * <h2>Shutdown</h2> {@link #shutdown()} lets running and queued tasks end,
 * {@link #shutdownNow()} cancels the queued ones and returns them. Submitters that wait
 * for room are refused by both. When an executor has terminated, all futures have ended.
 * A task that runs on its submitter's thread is the submitter's affair: nobody waits for
 * it and nobody interrupts it.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public class BoundedExecutor extends AbstractExecutorService implements AsyncTaskExecutor, DisposableBean {

	private static final int DESTROY_SECONDS = 30;

	private final String name;

	private final ThreadKind threads;

	private final OverloadPolicy overloadPolicy;

	private final long maxWaitNanos;

	private final DeadlineTimer timer;

	private final TaskLauncher launcher;

	private final Admission admission;

	private final TaskFactory tasks;

	private final TaskRunner runner;

	private final Submissions submissions;

	private final QueueExpiry expiry;

	private final StallDetector stalls;

	private final ExecutorEvents events;

	/**
	 * Keeps changes of the limit in one order for admission and launcher.
	 */
	private final ReentrantLock resizing = new ReentrantLock();

	/**
	 * Creates an executor from a builder; for subclasses that override
	 * {@code newTaskFor}.
	 * @param builder the settings
	 */
	@SuppressWarnings("this-escape") // see the other constructor
	protected BoundedExecutor(Builder builder) {
		this(builder, builder.launcher());
	}

	@SuppressWarnings("this-escape") // the parts call back only once there are tasks
	BoundedExecutor(Builder builder, TaskLauncher launcher) {
		this.name = builder.name;
		this.threads = builder.threads;
		this.overloadPolicy = builder.overloadPolicy;
		this.maxWaitNanos = Nanos.of(builder.maxWait);
		this.timer = builder.timer;
		this.launcher = launcher;
		this.events = new ExecutorEvents(this, builder.listeners, builder.uncaughtExceptionHandler);
		this.admission = new Admission(builder.maxConcurrency, builder.queueCapacity, this::terminated);
		this.tasks = new TaskFactory(this, builder);
		this.expiry = new QueueExpiry(this, this.admission, this.events, builder.timer, builder.queueTimeout);
		this.stalls = new StallDetector(this, this.admission, builder.timer);
		this.runner = new TaskRunner(this.name, this.admission, launcher, this.expiry, this.events, builder.timer);
		this.submissions = new Submissions(this, this.admission, this.runner, this.expiry, this.stalls, this.events,
				builder.timer);
	}

	/**
	 * Starts to build an executor. Without further settings it runs
	 * {@value Builder#DEFAULT_MAX_CONCURRENCY} tasks on virtual threads, lets
	 * {@value Builder#DEFAULT_QUEUE_CAPACITY} wait and refuses more.
	 * @param name the name of the executor and the prefix of its threads' names
	 * @return the builder
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * Returns the name of this executor.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Returns the kind of threads that run the tasks.
	 * @return the kind of threads
	 */
	public ThreadKind getThreadKind() {
		return this.threads;
	}

	/**
	 * Returns what happens with a task when there is no room.
	 * @return the policy
	 */
	public OverloadPolicy getOverloadPolicy() {
		return this.overloadPolicy;
	}

	/**
	 * Returns how many tasks may run at once.
	 * @return the number of tasks, at least 1
	 */
	public int getMaxConcurrency() {
		return getStats().maxConcurrency();
	}

	/**
	 * Changes how many tasks may run at once. A higher number starts waiting tasks and
	 * admits waiting submitters at once; a lower one lets running tasks finish.
	 * @param maxConcurrency the number of tasks, at least 1
	 */
	public void setMaxConcurrency(int maxConcurrency) {
		Builder.requireMaxConcurrency(maxConcurrency);
		List<BoundedTask<?>> started;
		this.resizing.lock();
		try {
			if (maxConcurrency > getMaxConcurrency()) {
				this.launcher.resize(maxConcurrency);
				started = this.admission.maxConcurrency(maxConcurrency);
			}
			else {
				started = this.admission.maxConcurrency(maxConcurrency);
				this.launcher.resize(maxConcurrency);
			}
		}
		finally {
			this.resizing.unlock();
		}
		started.forEach(this.runner::startQueued);
	}

	/**
	 * Returns how many tasks may wait in the queue.
	 * @return the number of tasks, zero or more
	 */
	public int getQueueCapacity() {
		return getStats().queueCapacity();
	}

	/**
	 * Changes how many tasks may wait in the queue. A higher number admits waiting
	 * submitters at once; a lower one takes no place away from those who have it.
	 * @param queueCapacity the number of tasks, zero or more
	 */
	public void setQueueCapacity(int queueCapacity) {
		Builder.requireQueueCapacity(queueCapacity);
		this.admission.queueCapacity(queueCapacity);
	}

	/**
	 * Returns how many tasks run.
	 * @return the number of tasks
	 */
	public int getRunningCount() {
		return getStats().running();
	}

	/**
	 * Returns how many tasks wait in the queue.
	 * @return the number of tasks
	 */
	public int getQueuedCount() {
		return getStats().queued();
	}

	/**
	 * Returns the limits and figures of this executor, read in one moment.
	 * @return the figures
	 */
	public BoundedExecutorStats getStats() {
		return this.admission.stats(this.name, this.threads, this.overloadPolicy, this.timer.nanoTime());
	}

	/**
	 * Adds a listener that is told of what happens from now on.
	 * @param listener the listener
	 */
	public void addListener(BoundedExecutorListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.events.add(listener);
	}

	/**
	 * Runs a command. What it throws goes to the uncaught exception handler.
	 * @param command the command
	 * @throws ExecutorSaturatedException if there is no room
	 * @throws ExecutorShutDownException if this executor was shut down
	 */
	@Override
	public void execute(Runnable command) {
		Objects.requireNonNull(command, "'command' must not be null");
		admit(this.tasks.forCommand(command));
	}

	@Override
	public Future<?> submit(Runnable task) {
		return super.submit(task);
	}

	@Override
	public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
		return super.submit(task);
	}

	@Override
	public CompletableFuture<Void> submitCompletable(Runnable task) {
		Objects.requireNonNull(task, "'task' must not be null");
		return submitCompletable(Executors.callable(task, null));
	}

	@Override
	public <T extends @Nullable Object> CompletableFuture<T> submitCompletable(Callable<T> task) {
		Objects.requireNonNull(task, "'task' must not be null");
		CompletableTask<T> completable = this.tasks.completable(task);
		this.tasks.decorate(completable);
		admit(completable);
		return completable.front();
	}

	@Override
	public <T extends @Nullable Object> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
			throws InterruptedException {
		return new BulkInvocation<T>(this, Long.MAX_VALUE).invokeAll(tasks);
	}

	@Override
	public <T extends @Nullable Object> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout,
			TimeUnit unit) throws InterruptedException {
		return new BulkInvocation<T>(this, unit.toNanos(timeout)).invokeAll(tasks);
	}

	@Override
	public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
			throws InterruptedException, ExecutionException {
		try {
			return new BulkInvocation<T>(this, Long.MAX_VALUE).invokeAny(tasks);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout,
			TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		return new BulkInvocation<T>(this, unit.toNanos(timeout)).invokeAny(tasks);
	}

	@Override
	protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
		Objects.requireNonNull(runnable, "'task' must not be null");
		return this.tasks.task((value != null) ? Executors.callable(runnable, value) : withoutResult(runnable));
	}

	@SuppressWarnings({ "unchecked", "NullAway" }) // the only value of the result is null
	private static <T extends @Nullable Object> Callable<T> withoutResult(Runnable runnable) {
		return (Callable<T>) new RunnableWork(runnable);
	}

	@Override
	protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> callable) {
		return this.tasks.task(callable);
	}

	/**
	 * Takes a task out of the queue, so that it never runs.
	 * @param task what was given to {@code execute}, or the future that {@code submit}
	 * returned
	 * @return whether the task waited in the queue; a running one is not touched
	 */
	public boolean remove(Runnable task) {
		BoundedTask<?> queued = this.admission.queued(task);
		return queued != null && takeOut(queued);
	}

	private boolean takeOut(BoundedTask<?> task) {
		boolean withdrawn = withdrawCancelled(task);
		if (withdrawn) {
			giveUp(task);
		}
		return withdrawn;
	}

	private void giveUp(BoundedTask<?> task) {
		try {
			task.abandon();
		}
		finally {
			settled(task);
		}
	}

	/**
	 * Takes those commands out of the queue that are cancelled futures themselves.
	 * Futures of this executor leave the queue on their cancellation, without this.
	 */
	public void purge() {
		for (BoundedTask<?> queued : this.admission.queued()) {
			if (queued instanceof FutureCommandTask command && command.isFutureCancelled()) {
				takeOut(command);
			}
		}
	}

	/**
	 * Returns a snapshot of the tasks that wait in the queue, in their order: what was
	 * given to {@code execute}, or the futures that {@code submit} returned.
	 * @return the waiting tasks
	 */
	public List<Runnable> getQueuedTasks() {
		return this.admission.queuedHandles();
	}

	/**
	 * Returns a snapshot of the tasks that run. Those that run on their submitter's
	 * thread are not among them.
	 * @return the running tasks, in the order in which they got their permit
	 */
	public List<RunningTask> getRunningTasks() {
		return this.admission.running(this.timer.nanoTime());
	}

	/**
	 * Refuses tasks from now on, as after {@link #shutdown()}, except those that are
	 * submitted by running tasks of bounded executors, be it this one or another, and by
	 * tasks of groups. So several executors can come to their end although their tasks
	 * need each other. {@link #shutdown()} must follow.
	 */
	public void refuseOutsiders() {
		this.submissions.refuseOutsiders();
	}

	@Override
	public void shutdown() {
		this.admission.shutdown();
	}

	/**
	 * Refuses new tasks, cancels those in the queue and interrupts the running ones.
	 * @return exactly the tasks that were accepted and will never run; their futures are
	 * cancelled
	 */
	@Override
	public List<Runnable> shutdownNow() {
		List<Runnable> neverRun = new ArrayList<>();
		List<BoundedTask<?>> drained = this.admission.shutdownNow();
		drained.forEach((task) -> neverRun.add(task.handle()));
		for (BoundedTask<?> task : drained) {
			this.expiry.disarm(task);
			giveUp(task);
		}
		return neverRun;
	}

	/**
	 * Shuts this executor down and waits until all accepted tasks have ended. If the
	 * caller is interrupted while it waits, the tasks are cancelled as by
	 * {@link #shutdownNow()}, the wait goes on, and the interrupt flag is set afterwards.
	 * @throws IllegalStateException if called by a task of this executor, which would
	 * wait for its own end; this executor is shut down all the same
	 */
	@Override
	public void close() {
		if (PermitHolder.isWithin(this)) {
			shutdown();
			throw new IllegalStateException("A task of executor '%s' must not close it: close() waits for the end "
				.concat("of all tasks. Call shutdown() instead")
				.formatted(this.name));
		}
		super.close();
	}

	/**
	 * Called by a Spring context that destroys its beans. If this executor was shut down
	 * before, in order, it only cancels what is left, so that a task which ignores its
	 * interrupt cannot keep the context from closing, as {@link #close()} would;
	 * otherwise it gives the tasks {@value #DESTROY_SECONDS} seconds to end.
	 */
	@Override
	public void destroy() {
		try {
			if (!isShutdown()) {
				shutdown();
				awaitTermination(DESTROY_SECONDS, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			shutdownNow();
		}
	}

	@Override
	public boolean isShutdown() {
		return getStats().state() != BoundedExecutorStats.State.ACTIVE;
	}

	@Override
	public boolean isTerminated() {
		return getStats().state() == BoundedExecutorStats.State.TERMINATED;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		long left = this.admission.awaitTermination(unit.toNanos(timeout));
		if (left > 0) {
			this.launcher.awaitTermination(left);
		}
		return left > 0;
	}

	@Override
	public String toString() {
		BoundedExecutorStats stats = getStats();
		return "BoundedExecutor '%s' [%s, %d of %d running, %d of %d queued]".formatted(this.name, stats.state(),
				stats.running(), stats.maxConcurrency(), stats.queued(), stats.queueCapacity());
	}

	/**
	 * Hands a task in, by the overload policy.
	 */
	private void admit(BoundedTask<?> task) {
		this.submissions.submit(task, this.overloadPolicy, this.maxWaitNanos);
	}

	TaskFactory tasks() {
		return this.tasks;
	}

	long maxWaitNanos() {
		return this.maxWaitNanos;
	}

	StallDetector stalls() {
		return this.stalls;
	}

	Submissions submissions() {
		return this.submissions;
	}

	/**
	 * Takes a task out of the queue because it is being cancelled.
	 * @return whether it was there, so that it has to be {@link #settled}
	 */
	boolean withdrawCancelled(BoundedTask<?> task) {
		boolean withdrawn = this.admission.withdraw(task, null);
		if (withdrawn) {
			this.expiry.disarm(task);
		}
		return withdrawn;
	}

	/**
	 * Called when the future of a task has ended that was taken out of the queue.
	 */
	void settled(BoundedTask<?> task) {
		this.admission.settled();
		task.left();
	}

	/**
	 * Runs a queued task in place if the caller is a task of this executor.
	 * @throws InterruptedException if the caller is interrupted; the task stays queued
	 */
	void helpIfNested(BoundedTask<?> task) throws InterruptedException {
		if (PermitHolder.isWithin(this)) {
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			help(task);
		}
	}

	/**
	 * Returns whether the calling thread runs a task of this executor, on a permit of its
	 * own.
	 * @return {@code true} if the caller keeps others from that permit as long as it
	 * waits
	 */
	public boolean isWithinTask() {
		return PermitHolder.isWithin(this);
	}

	/**
	 * Runs a task that waits in the queue on the calling thread, which itself runs a task
	 * of this executor and would otherwise only wait: what {@code get()} does, for those
	 * who have more than one task to wait for.
	 * @param task a future of this executor
	 * @return whether the task was run; {@code false} if it is not in the queue, or the
	 * caller is no task of this executor
	 */
	public boolean runIfNested(Future<?> task) {
		BoundedTask<?> queued = CompletableTask.taskOf(task);
		return queued != null && queued.isOf(this) && PermitHolder.isWithin(this) && this.runner.help(queued);
	}

	void helpUninterruptiblyIfNested(BoundedTask<?> task) {
		if (PermitHolder.isWithin(this)) {
			help(task);
		}
	}

	private void help(BoundedTask<?> task) {
		if (task.equals(PermitHolder.current())) {
			throw new IllegalStateException(
					"A task of executor '%s' must not wait for its own end".formatted(this.name));
		}
		this.runner.help(task);
	}

	void reportUncaught(Throwable failure) {
		this.events.uncaught(failure);
	}

	private void terminated() {
		this.stalls.close();
		this.launcher.close();
		this.events.terminated();
	}

	/**
	 * Builds a {@link BoundedExecutor}. Instances are not safe for use by multiple
	 * threads.
	 */
	public static final class Builder {

		static final int DEFAULT_MAX_CONCURRENCY = 200;

		static final int DEFAULT_QUEUE_CAPACITY = 1000;

		final String name;

		final List<BoundedExecutorListener> listeners = new ArrayList<>();

		ThreadKind threads = ThreadKind.VIRTUAL;

		int maxConcurrency = DEFAULT_MAX_CONCURRENCY;

		int queueCapacity = DEFAULT_QUEUE_CAPACITY;

		OverloadPolicy overloadPolicy = OverloadPolicy.REJECT;

		Duration maxWait = Duration.ofSeconds(30);

		@Nullable Duration queueTimeout;

		@Nullable Duration runTimeout;

		@Nullable TaskDecorator taskDecorator;

		Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler;

		DeadlineTimer timer = DeadlineTimer.shared();

		private @Nullable ThreadFactory threadFactory;

		Builder(String name) {
			Assert.hasText(name, "'name' must not be empty");
			this.name = name;
		}

		static int requireMaxConcurrency(int maxConcurrency) {
			Assert.isTrue(maxConcurrency > 0,
					() -> "'maxConcurrency' must be at least 1 but was %d".formatted(maxConcurrency));
			return maxConcurrency;
		}

		static int requireQueueCapacity(int queueCapacity) {
			Assert.isTrue(queueCapacity >= 0,
					() -> "'queueCapacity' must not be negative but was %d".formatted(queueCapacity));
			return queueCapacity;
		}

		/**
		 * Sets the kind of threads; virtual ones by default.
		 * @param threads the kind of threads
		 * @return this builder
		 */
		public Builder threads(ThreadKind threads) {
			Assert.notNull(threads, "'threads' must not be null");
			this.threads = threads;
			return this;
		}

		/**
		 * Sets the factory of the threads, instead of one that makes threads of the
		 * configured kind. With {@link ThreadKind#VIRTUAL} it is asked for a new thread
		 * for each task. The threads should not inherit thread-locals, which would be
		 * those of whatever task happens to start them.
		 * @param threadFactory the factory, which returns threads that are not started
		 * @return this builder
		 */
		public Builder threadFactory(ThreadFactory threadFactory) {
			Assert.notNull(threadFactory, "'threadFactory' must not be null");
			this.threadFactory = threadFactory;
			return this;
		}

		/**
		 * Sets how many tasks may run at once.
		 * @param maxConcurrency the number of tasks, at least 1;
		 * {@link Integer#MAX_VALUE} for no bound
		 * @return this builder
		 */
		public Builder maxConcurrency(int maxConcurrency) {
			this.maxConcurrency = requireMaxConcurrency(maxConcurrency);
			return this;
		}

		/**
		 * Sets how many tasks may wait in the queue.
		 * @param queueCapacity the number of tasks; zero for no queue
		 * @return this builder
		 */
		public Builder queueCapacity(int queueCapacity) {
			this.queueCapacity = requireQueueCapacity(queueCapacity);
			return this;
		}

		/**
		 * Sets what happens with a task when there is no room; it is rejected by default.
		 * @param overloadPolicy the policy
		 * @return this builder
		 */
		public Builder whenFull(OverloadPolicy overloadPolicy) {
			Assert.notNull(overloadPolicy, "'overloadPolicy' must not be null");
			this.overloadPolicy = overloadPolicy;
			return this;
		}

		/**
		 * Sets how long a submitter waits for room with {@link OverloadPolicy#WAIT}; 30
		 * seconds by default, and never past the submitter's deadline.
		 * @param maxWait the time; zero rejects at once
		 * @return this builder
		 */
		public Builder maxWait(Duration maxWait) {
			Assert.notNull(maxWait, "'maxWait' must not be null");
			Assert.isTrue(!maxWait.isNegative(), () -> "'maxWait' must not be negative but was " + maxWait);
			this.maxWait = maxWait;
			return this;
		}

		/**
		 * Sets how long a task may wait in the queue before it fails with a
		 * {@link QueueTimeoutException}; without limit by default.
		 * @param queueTimeout the time, more than zero, or {@code null} for no limit
		 * @return this builder
		 */
		public Builder queueTimeout(@Nullable Duration queueTimeout) {
			this.queueTimeout = requirePositive("queueTimeout", queueTimeout);
			return this;
		}

		/**
		 * Sets how long a task may run, from its start, before it is interrupted and
		 * fails with a {@link io.asyncstarter.deadline.DeadlineExceededException};
		 * without limit by default. The permit is given back when the task has ended.
		 * @param runTimeout the time, more than zero, or {@code null} for no limit
		 * @return this builder
		 */
		public Builder runTimeout(@Nullable Duration runTimeout) {
			this.runTimeout = requirePositive("runTimeout", runTimeout);
			return this;
		}

		private static @Nullable Duration requirePositive(String parameter, @Nullable Duration time) {
			Assert.isTrue(time == null || time.isPositive(),
					() -> "'%s' must be more than zero but was %s".formatted(parameter, time));
			return time;
		}

		/**
		 * Sets what wraps each task. It is called on the submitter's thread, before the
		 * task asks for admission; what it throws goes to the submitter.
		 * @param taskDecorator the decorator or {@code null} for none
		 * @return this builder
		 */
		public Builder taskDecorator(@Nullable TaskDecorator taskDecorator) {
			this.taskDecorator = taskDecorator;
			return this;
		}

		/**
		 * Adds a listener.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(BoundedExecutorListener listener) {
			Assert.notNull(listener, "'listener' must not be null");
			this.listeners.add(listener);
			return this;
		}

		/**
		 * Sets who is told what a command given to {@code execute} threw, on the
		 * command's thread, or why it was accepted and then not run, on whichever thread.
		 * By default it is logged as an error and then given to the thread's own handler
		 * or the virtual machine's default handler, if there is one.
		 * @param uncaughtExceptionHandler the handler
		 * @return this builder
		 */
		public Builder uncaughtExceptionHandler(Thread.UncaughtExceptionHandler uncaughtExceptionHandler) {
			Assert.notNull(uncaughtExceptionHandler, "'uncaughtExceptionHandler' must not be null");
			this.uncaughtExceptionHandler = uncaughtExceptionHandler;
			return this;
		}

		/**
		 * Sets the source of time and of time-outs; for tests.
		 * @param timer the timer
		 * @return this builder
		 */
		public Builder timer(DeadlineTimer timer) {
			Assert.notNull(timer, "'timer' must not be null");
			this.timer = timer;
			return this;
		}

		/**
		 * Builds the executor. No thread is started before the first task.
		 * @return the executor
		 */
		public BoundedExecutor build() {
			return new BoundedExecutor(this);
		}

		private TaskLauncher launcher() {
			return switch (this.threads) {
				case VIRTUAL ->
					new ThreadPerTaskLauncher(threadFactory(Thread.ofVirtual()), this.threadFactory == null);
				case PLATFORM ->
					new PooledThreadsLauncher(threadFactory(Thread.ofPlatform().daemon()), this.maxConcurrency);
			};
		}

		private ThreadFactory threadFactory(Thread.Builder threads) {
			if (this.threadFactory != null) {
				return this.threadFactory;
			}
			return threads.name(this.name + "-", 1).inheritInheritableThreadLocals(false).factory();
		}

	}

}
