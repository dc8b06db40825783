package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.lang.CheckReturnValue;
import org.springframework.util.Assert;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;

/**
 * Concurrent work that has an owner: groups of tasks, and background work.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class Tasks {

	private static final int MOST_NODES = 1000;

	private final DeadlineTimer timer;

	private final @Nullable BoundedExecutors executors;

	private final @Nullable Policies policies;

	private final TaskGroupOptions groupDefaults;

	private final Map<String, TaskGroupOptions> groups;

	private final TaskEvents events;

	private final LiveWork live;

	private final BackgroundWork background;

	private final @Nullable WorkObserver observer;

	private Tasks(Builder builder) {
		this.observer = builder.observer;
		this.timer = builder.timer;
		this.executors = builder.executors;
		this.policies = builder.policies;
		this.groupDefaults = builder.groupDefaults;
		this.groups = Map.copyOf(builder.groups);
		this.events = new TaskEvents(builder.listeners);
		this.live = new LiveWork(this.timer);
		this.background = new BackgroundWork(this.live, this.timer, this.events, builder.maxBackground,
				builder.reportAfter);
	}

	/**
	 * Returns an instance with nothing but defaults.
	 * @return a new instance
	 */
	public static Tasks create() {
		return builder().build();
	}

	/**
	 * Starts to build an instance.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Opens a group, which the calling thread owns and has to close.
	 * @param name the name of the group. If there are settings by this name, they apply
	 * @return the open group
	 */
	public TaskGroup group(String name) {
		return group(name, groupOptions(name));
	}

	/**
	 * Opens a group, which the calling thread owns and has to close.
	 * @param name the name of the group
	 * @param options the settings of the group
	 * @return the open group
	 */
	public TaskGroup group(String name, TaskGroupOptions options) {
		return group(name, options, false);
	}

	/**
	 * Opens a group.
	 * @param tolerant whether the failure of a task is its own affair, rather than that
	 * of the group
	 */
	TaskGroup group(String name, TaskGroupOptions options, boolean tolerant) {
		Assert.hasText(name, "'name' must not be empty");
		Assert.notNull(options, "'options' must not be null");
		return new TaskGroup(name, options, launcher(options.executorInstance(), options.executor()), tolerant, this);
	}

	/**
	 * Opens a group, which the calling thread owns and has to close.
	 * @param name the name of the group. If there are settings by this name, they apply
	 * unless changed
	 * @param customizer changes the settings
	 * @return the open group
	 */
	public TaskGroup group(String name, Consumer<TaskGroupOptions.Builder> customizer) {
		return group(name, customized(name, customizer));
	}

	/**
	 * Opens a group, does the owner's part of the work in it, waits for all of its tasks
	 * and closes it. Everything that fails, be it a task or the body, cancels everything
	 * else and is part of the exception.
	 * @param <T> the type of the result
	 * @param name the name of the group. If there are settings by this name, they apply
	 * @param body the owner's part of the work, on the calling thread
	 * @return what the body returns; {@code null} if {@link TaskGroup#cancel} kept it
	 * from returning anything
	 * @throws TaskGroupException if the body or a task failed
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws InterruptedException if the calling thread was interrupted; all tasks have
	 * been cancelled and have ended
	 */
	public <T extends @Nullable Object> T inGroup(String name, GroupBody<T> body) throws InterruptedException {
		return inGroup(name, groupOptions(name), body);
	}

	/**
	 * Does the same as {@link #inGroup(String, GroupBody)} in a group with settings of
	 * its own.
	 * @param <T> the type of the result
	 * @param name the name of the group
	 * @param options the settings of the group
	 * @param body the owner's part of the work, on the calling thread
	 * @return what the body returns; {@code null} if {@link TaskGroup#cancel} kept it
	 * from returning anything
	 * @throws TaskGroupException if the body or a task failed
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws InterruptedException if the calling thread was interrupted; all tasks have
	 * been cancelled and have ended
	 */
	public <T extends @Nullable Object> T inGroup(String name, TaskGroupOptions options, GroupBody<T> body)
			throws InterruptedException {
		Assert.notNull(body, "'body' must not be null");
		return group(name, options).run(body);
	}

	/**
	 * Does the same as {@link #inGroup(String, GroupBody)} in a group with changed
	 * settings.
	 * @param <T> the type of the result
	 * @param name the name of the group. If there are settings by this name, they apply
	 * unless changed
	 * @param customizer changes the settings
	 * @param body the owner's part of the work, on the calling thread
	 * @return what the body returns; {@code null} if {@link TaskGroup#cancel} kept it
	 * from returning anything
	 * @throws TaskGroupException if the body or a task failed
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws InterruptedException if the calling thread was interrupted; all tasks have
	 * been cancelled and have ended
	 */
	public <T extends @Nullable Object> T inGroup(String name, Consumer<TaskGroupOptions.Builder> customizer,
			GroupBody<T> body) throws InterruptedException {
		return inGroup(name, customized(name, customizer), body);
	}

	private TaskGroupOptions customized(String name, Consumer<TaskGroupOptions.Builder> customizer) {
		Assert.notNull(customizer, "'customizer' must not be null");
		TaskGroupOptions.Builder builder = groupOptions(name).mutate();
		customizer.accept(builder);
		return builder.build();
	}

	/**
	 * Returns the settings of groups of a name.
	 * @param name the name
	 * @return the settings by that name, or else the default ones
	 */
	public TaskGroupOptions groupOptions(String name) {
		return this.groups.getOrDefault(name, this.groupDefaults);
	}

	/**
	 * Starts work in the background.
	 * @param <T> the type of the result
	 * @param name the name of the work
	 * @param work the work. It has what is bound to the calling thread, except for its
	 * deadline
	 * @return a handle, which may be ignored: a failure is reported then
	 * @throws TaskRejectedException if there are too many background tasks, or the
	 * application is shutting down
	 */
	public <T extends @Nullable Object> BackgroundTask<T> background(String name, Callable<? extends T> work) {
		return background(name, BackgroundOptions.defaults(), work);
	}

	/**
	 * Starts work without a result in the background.
	 * @param name the name of the work
	 * @param work the work. It has what is bound to the calling thread, except for its
	 * deadline
	 * @return a handle, which may be ignored: a failure is reported then
	 * @throws TaskRejectedException if there are too many background tasks, or the
	 * application is shutting down
	 */
	public BackgroundTask<?> background(String name, Runnable work) {
		return background(name, BackgroundOptions.defaults(), work);
	}

	/**
	 * Starts work in the background.
	 * @param <T> the type of the result
	 * @param name the name of the work
	 * @param options the settings
	 * @param work the work. It has what is bound to the calling thread, except for its
	 * deadline
	 * @return a handle, which may be ignored: a failure is reported then
	 * @throws TaskRejectedException if there are too many background tasks, or the
	 * application is shutting down
	 */
	public <T extends @Nullable Object> BackgroundTask<T> background(String name, BackgroundOptions options,
			Callable<? extends T> work) {
		Assert.hasText(name, "'name' must not be empty");
		Assert.notNull(options, "'options' must not be null");
		Assert.notNull(work, "'work' must not be null");
		return this.background.start(name, options, launcher(options.executorInstance(), options.executor()), work);
	}

	/**
	 * Starts work without a result in the background.
	 * @param name the name of the work
	 * @param options the settings
	 * @param work the work. It has what is bound to the calling thread, except for its
	 * deadline
	 * @return a handle, which may be ignored: a failure is reported then
	 * @throws TaskRejectedException if there are too many background tasks, or the
	 * application is shutting down
	 */
	public BackgroundTask<?> background(String name, BackgroundOptions options, Runnable work) {
		Assert.notNull(work, "'work' must not be null");
		return background(name, options, Executors.callable(work));
	}

	/**
	 * Returns the verbs {@code gather}, {@code settle} and {@code race} in groups of a
	 * name.
	 * @param name the name of the groups. If there are settings by this name, they apply
	 * @return the verbs
	 */
	public GroupedTasks using(String name) {
		return new GroupedTasks(this, name, groupOptions(name));
	}

	/**
	 * Returns the verbs {@code gather}, {@code settle} and {@code race} in groups of a
	 * name.
	 * @param name the name of the groups. If there are settings by this name, they apply
	 * unless changed
	 * @param customizer changes the settings
	 * @return the verbs
	 */
	public GroupedTasks using(String name, Consumer<TaskGroupOptions.Builder> customizer) {
		return new GroupedTasks(this, name, customized(name, customizer));
	}

	/**
	 * Gives work a name, by which its task is known.
	 * @param <T> the type of the result
	 * @param name the name
	 * @param work the work
	 * @return the work with a name
	 */
	public static <T extends @Nullable Object> Callable<T> named(String name, Callable<? extends T> work) {
		return new NamedCallable<>(name, work);
	}

	/**
	 * Does all work at a time and returns the results in the order of the work, in a
	 * group "gather". The first failure cancels the rest, and is thrown as it is.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the results, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws Exception what failed first
	 * @see GroupedTasks#gather(Collection)
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T extends @Nullable Object> List<T> gather(Callable<? extends T>... works) throws Exception {
		return using("gather").gather(works);
	}

	/**
	 * Does all work at a time and returns the results in the order of the work, in a
	 * group "gather". The first failure cancels the rest, and is thrown as it is.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the results, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws Exception what failed first
	 * @see GroupedTasks#gather(Collection)
	 */
	public <T extends @Nullable Object> List<T> gather(Collection<? extends Callable<? extends T>> works)
			throws Exception {
		return using("gather").gather(works);
	}

	/**
	 * Does all work at a time and returns every outcome, in the order of the work, in a
	 * group "settle". Failures cancel nothing.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the outcomes, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @see GroupedTasks#settle(Collection)
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	@CheckReturnValue
	public final <T extends @Nullable Object> List<Outcome<T>> settle(Callable<? extends T>... works)
			throws InterruptedException {
		return using("settle").settle(works);
	}

	/**
	 * Does all work at a time and returns every outcome, in the order of the work, in a
	 * group "settle". Failures cancel nothing.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the outcomes, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @see GroupedTasks#settle(Collection)
	 */
	@CheckReturnValue
	public <T extends @Nullable Object> List<Outcome<T>> settle(Collection<? extends Callable<? extends T>> works)
			throws InterruptedException {
		return using("settle").settle(works);
	}

	/**
	 * Does all work at a time and returns the first result, in a group "race". The others
	 * are cancelled, and have ended when it is returned.
	 * @param <T> the type of the result
	 * @param works the work, at least one piece
	 * @return the first result
	 * @throws TaskGroupException if all have failed
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @see GroupedTasks#race(Collection)
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T extends @Nullable Object> T race(Callable<? extends T>... works) throws InterruptedException {
		return using("race").<T>race(works);
	}

	/**
	 * Does all work at a time and returns the first result, in a group "race". The others
	 * are cancelled, and have ended when it is returned.
	 * @param <T> the type of the result
	 * @param works the work, at least one piece
	 * @return the first result
	 * @throws TaskGroupException if all have failed
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @see GroupedTasks#race(Collection)
	 */
	public <T extends @Nullable Object> T race(Collection<? extends Callable<? extends T>> works)
			throws InterruptedException {
		return using("race").<T>race(works);
	}

	/**
	 * Does work, and does it again beside itself whenever it takes too long. The first
	 * result is returned; the other attempts are interrupted, and have ended by then. All
	 * attempts run on virtual threads.
	 * @param <T> the type of the result
	 * @param after how long the latest attempt may take before there is another one
	 * @param max how many further attempts there may be, at least 1
	 * @param work the work of an attempt, which must be safe to be done twice
	 * @return the first result
	 * @throws InterruptedException if the calling thread was interrupted; all attempts
	 * have been cancelled and have ended
	 * @throws Exception what the last attempt failed with, if all have failed; the others
	 * are suppressed in it
	 */
	public <T extends @Nullable Object> T hedge(Duration after, int max, Callable<T> work) throws Exception {
		return hedging(after, max).call(work);
	}

	Policy hedging(Duration after, int max) {
		return Policy.builder("hedge")
			.environment(PolicyEnvironment.builder().timer(this.timer).build())
			.hedge(after, max)
			.build();
	}

	/**
	 * Calls a function with each of many items, with a bounded number of them at a time,
	 * and waits for all results.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items, which are pulled on the calling thread, as results come
	 * @param limit how many items are worked on at once, at least 1
	 * @param function the work on an item
	 * @return the results in the order of the items, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws Exception what failed first, be it the function or the source
	 * @see #mapping
	 */
	public <T, R extends @Nullable Object> List<R> map(Iterable<? extends T> items, int limit,
			TaskFunction<? super T, ? extends R> function) throws Exception {
		return this.<T, R>mapping(items, limit, function).list();
	}

	/**
	 * Returns a mapping of many items, or endlessly many, whose results can be had as a
	 * list, a stream or a Flux, in order or not, from virtual threads or an executor.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items
	 * @param limit how many items are worked on at once, at least 1
	 * @param function the work on an item
	 * @return the mapping, which has not been started
	 */
	public <T, R extends @Nullable Object> TaskMapping<T, R> mapping(Iterable<? extends T> items, int limit,
			TaskFunction<? super T, ? extends R> function) {
		Assert.notNull(items, "'items' must not be null");
		Assert.notNull(function, "'function' must not be null");
		return new TaskMapping<>(this, items, function, MapSettings.of(limit));
	}

	/**
	 * Calls a function with batches of items, with a bounded number of batches at a time,
	 * and waits for all results.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items, which are pulled on the calling thread, as results come
	 * @param size how many items a batch has, at least 1; the last one may have fewer
	 * @param limit how many batches are worked on at once, at least 1
	 * @param function the work on a batch
	 * @return the results in the order of the batches, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws Exception what failed first, be it the function or the source
	 */
	public <T, R extends @Nullable Object> List<R> batch(Iterable<? extends T> items, int size, int limit,
			TaskFunction<? super List<T>, ? extends R> function) throws Exception {
		return this.<List<T>, R>mapping(batches(items, size), limit, function).name("batch").list();
	}

	/**
	 * Groups items into batches, each of which is made when it is asked for; for
	 * {@link #mapping}.
	 * @param <T> the type of the items
	 * @param items the items
	 * @param size how many items a batch has, at least 1; the last one may have fewer
	 * @return the batches, each an unmodifiable list
	 */
	public static <T> Iterable<List<T>> batches(Iterable<? extends T> items, int size) {
		Assert.notNull(items, "'items' must not be null");
		Assert.isTrue(size >= 1, () -> "'size' must be at least 1 but was %d".formatted(size));
		return () -> new BatchIterator<>(items.iterator(), size);
	}

	/**
	 * Waits for tasks that others have started, and touches none of them.
	 * @param <H> the type of the handles
	 * @param handles subtasks, background tasks, futures and completion stages, in any
	 * mix
	 * @param until what to wait for
	 * @return which of them have ended and which have not
	 * @throws InterruptedException if the calling thread was interrupted; the tasks go on
	 */
	public <H> Awaited<H> await(Iterable<? extends H> handles, Until until) throws InterruptedException {
		return Waits.await(handles, until, null, this.timer);
	}

	/**
	 * Waits for tasks that others have started, for a time at most, and touches none of
	 * them.
	 * @param <H> the type of the handles
	 * @param handles subtasks, background tasks, futures and completion stages, in any
	 * mix
	 * @param until what to wait for
	 * @param timeout how long to wait; zero and less only look
	 * @return which of them have ended and which have not
	 * @throws InterruptedException if the calling thread was interrupted; the tasks go on
	 */
	public <H> Awaited<H> await(Iterable<? extends H> handles, Until until, Duration timeout)
			throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		return Waits.await(handles, until, timeout, this.timer);
	}

	/**
	 * Returns tasks that others have started in the order in which they end. The stream
	 * waits for each when it is asked for it, and touches none of them. If the thread is
	 * interrupted, it raises a {@link java.util.concurrent.CancellationException} and
	 * leaves the interrupt flag set.
	 * @param <H> the type of the handles
	 * @param handles subtasks, background tasks, futures and completion stages, in any
	 * mix
	 * @return a stream of the handles; close it unless it is read to its end
	 */
	public <H> Stream<H> asCompleted(Iterable<? extends H> handles) {
		return Waits.asCompleted(handles, null, this.timer);
	}

	/**
	 * Returns tasks that others have started in the order in which they end, for a time
	 * at most. When that is up, the stream raises a {@link DeadlineExceededException},
	 * and the tasks go on. See {@link #asCompleted(Iterable)}.
	 * @param <H> the type of the handles
	 * @param handles subtasks, background tasks, futures and completion stages, in any
	 * mix
	 * @param timeout the time from now on
	 * @return a stream of the handles; close it unless it is read to its end
	 */
	public <H> Stream<H> asCompleted(Iterable<? extends H> handles, Duration timeout) {
		Assert.notNull(timeout, "'timeout' must not be null");
		return Waits.asCompleted(handles, timeout, this.timer);
	}

	/**
	 * Does work on the calling thread that must end within a time.
	 * @param <T> the type of the result
	 * @param timeout the time; with zero and less the work is not started
	 * @param work the work
	 * @return the result of the work, be it in time or not
	 * @throws DeadlineExceededException if the work was interrupted for its time was up;
	 * it has ended, cleanup included
	 * @throws Exception if the work fails
	 * @see Deadline#within
	 */
	public <T extends @Nullable Object> T withTimeout(Duration timeout, Callable<T> work) throws Exception {
		Assert.notNull(timeout, "'timeout' must not be null");
		Assert.notNull(work, "'work' must not be null");
		if (!timeout.isPositive()) {
			throw new DeadlineExceededException("withTimeout", Duration.ZERO, Duration.ZERO, null);
		}
		return Deadline.after(timeout, this.timer).call("withTimeout", work);
	}

	/**
	 * Waits for a subtask that must end within a time. When that is up, or the calling
	 * thread is interrupted, the subtask is cancelled, and has ended when this method
	 * does.
	 * @param <T> the type of the result
	 * @param timeout the time; with zero and less the subtask is cancelled unless it has
	 * ended
	 * @param subtask the subtask
	 * @return the result of the subtask, be it in time or not
	 * @throws DeadlineExceededException if the subtask was cancelled for its time was up
	 * @throws InterruptedException if the calling thread was interrupted
	 * @throws java.util.concurrent.CancellationException if the subtask was cancelled by
	 * somebody else
	 * @throws Exception what the subtask failed with
	 */
	public <T extends @Nullable Object> T withTimeout(Duration timeout, Subtask<T> subtask) throws Exception {
		Assert.notNull(timeout, "'timeout' must not be null");
		Assert.notNull(subtask, "'subtask' must not be null");
		return Waits.withTimeout(timeout, subtask, this.timer);
	}

	/**
	 * Does work that goes on in the background, to its end, if the calling thread is
	 * interrupted while it waits, or its deadline passes. A failure that nobody waits for
	 * any more is reported as that of a background task is.
	 * @param <T> the type of the result
	 * @param name the name of the background task
	 * @param work the work. It has what is bound to the calling thread, except for its
	 * deadline
	 * @return the result
	 * @throws InterruptedException if the calling thread was interrupted; the work goes
	 * on
	 * @throws TaskRejectedException if there are too many background tasks, or the
	 * application is shutting down
	 * @throws Exception what the work failed with
	 */
	public <T extends @Nullable Object> T shield(String name, Callable<? extends T> work) throws Exception {
		return shield(name, BackgroundOptions.defaults(), work);
	}

	/**
	 * Does work that goes on in the background, to its end, if the calling thread is
	 * interrupted while it waits, or its deadline passes; see
	 * {@link #shield(String, Callable)}.
	 * @param <T> the type of the result
	 * @param name the name of the background task
	 * @param options the settings, for example its own deadline
	 * @param work the work. It has what is bound to the calling thread, except for its
	 * deadline
	 * @return the result
	 * @throws InterruptedException if the calling thread was interrupted; the work goes
	 * on
	 * @throws TaskRejectedException if there are too many background tasks, or the
	 * application is shutting down
	 * @throws Exception what the work failed with
	 */
	public <T extends @Nullable Object> T shield(String name, BackgroundOptions options, Callable<? extends T> work)
			throws Exception {
		BackgroundTask<T> task = background(name, options, work);
		return Waits.result(task);
	}

	/**
	 * Returns the verbs for work that is a Mono, and the bridges between work that blocks
	 * and work that does not. Requires Reactor.
	 * @return the verbs
	 */
	public ReactiveTasks reactive() {
		return new ReactiveTasks(this);
	}

	/**
	 * Returns the figures of the background tasks.
	 * @return the figures
	 */
	public BackgroundStats getBackgroundStats() {
		return this.background.stats();
	}

	/**
	 * Returns what goes on: groups, their tasks, and background tasks.
	 * @return the tree, of {@value #MOST_NODES} nodes at most
	 */
	public TaskTree tree() {
		return tree(MOST_NODES);
	}

	/**
	 * Returns what goes on: groups, their tasks, and background tasks.
	 * @param mostNodes how many nodes to list at most
	 * @return the tree
	 */
	public TaskTree tree(int mostNodes) {
		return new TreeBuilder(this.timer.nanoTime(), mostNodes).build(this.live);
	}

	/**
	 * Takes no more background tasks, and lets periodic ones end with their current run.
	 */
	public void closeBackground() {
		this.background.close();
	}

	/**
	 * Takes no more background tasks, lets periodic ones end with their current run, and
	 * waits until all background tasks and groups have ended. Groups can still be opened:
	 * the work that needs them has been accepted.
	 * @param timeout how long to wait
	 * @return whether everything has ended
	 * @throws InterruptedException if the caller is interrupted
	 */
	public boolean drain(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		this.background.close();
		try {
			return this.live.awaitEmpty(timeout);
		}
		finally {
			this.background.flush();
		}
	}

	/**
	 * Cancels all background tasks and groups. Does not wait for their end: see
	 * {@link #drain}.
	 * @param reason the reason, for those who look at the groups
	 */
	public void cancelAll(String reason) {
		Assert.notNull(reason, "'reason' must not be null");
		this.live.jobs().forEach(BackgroundJob::cancel);
		this.live.groups().forEach((group) -> group.cancel(reason));
		this.live.tasks().forEach(ForkedTask::cancel);
	}

	/**
	 * Adds a listener that is told of what happens from now on.
	 * @param listener the listener
	 */
	public void addListener(TaskListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.events.add(listener);
	}

	TaskLauncher launcher(@Nullable BoundedExecutor instance, @Nullable String name) {
		if (instance != null) {
			return new ExecutorLauncher(instance);
		}
		return (name != null) ? new ExecutorLauncher(executor(name)) : ThreadLauncher.INSTANCE;
	}

	@Nullable BoundedExecutor findExecutor(String name) {
		return (this.executors != null) ? this.executors.find(name).orElse(null) : null;
	}

	BoundedExecutor executor(String name) {
		Assert.state(this.executors != null,
				() -> "There is no executor '%s': the tasks were built without executors".formatted(name));
		return this.executors.get(name);
	}

	@Nullable Policies policies() {
		return this.policies;
	}

	DeadlineTimer timer() {
		return this.timer;
	}

	TaskEvents events() {
		return this.events;
	}

	@Nullable WorkObserver observer() {
		return this.observer;
	}

	LiveWork live() {
		return this.live;
	}

	/**
	 * Builds {@link Tasks}. Instances are not safe for use by multiple threads.
	 */
	public static final class Builder {

		/**
		 * How many background tasks there may be unless set otherwise.
		 */
		public static final int DEFAULT_MAX_BACKGROUND = 10_000;

		private DeadlineTimer timer = DeadlineTimer.shared();

		private @Nullable BoundedExecutors executors;

		private @Nullable Policies policies;

		private TaskGroupOptions groupDefaults = TaskGroupOptions.defaults();

		private final Map<String, TaskGroupOptions> groups = new TreeMap<>();

		private final List<TaskListener> listeners = new ArrayList<>();

		private @Nullable WorkObserver observer;

		private int maxBackground = DEFAULT_MAX_BACKGROUND;

		private Duration reportAfter = Duration.ofSeconds(1);

		private Builder() {
		}

		/**
		 * Sets the source of time and the scheduler of deadlines; the shared one by
		 * default.
		 * @param timer the timer
		 * @return this builder
		 */
		public Builder timer(DeadlineTimer timer) {
			Assert.notNull(timer, "'timer' must not be null");
			this.timer = timer;
			return this;
		}

		/**
		 * Sets the executors that can be named; none by default.
		 * @param executors the executors
		 * @return this builder
		 */
		public Builder executors(BoundedExecutors executors) {
			Assert.notNull(executors, "'executors' must not be null");
			this.executors = executors;
			return this;
		}

		/**
		 * Sets the policies that can be named; none by default.
		 * @param policies the policies
		 * @return this builder
		 */
		public Builder policies(Policies policies) {
			Assert.notNull(policies, "'policies' must not be null");
			this.policies = policies;
			return this;
		}

		/**
		 * Sets the settings of groups that have none by their name.
		 * @param options the settings
		 * @return this builder
		 */
		public Builder groupDefaults(TaskGroupOptions options) {
			Assert.notNull(options, "'options' must not be null");
			this.groupDefaults = options;
			return this;
		}

		/**
		 * Sets the settings of groups of a name.
		 * @param name the name of the groups
		 * @param options the settings
		 * @return this builder
		 */
		public Builder group(String name, TaskGroupOptions options) {
			Assert.hasText(name, "'name' must not be empty");
			Assert.notNull(options, "'options' must not be null");
			this.groups.put(name, options);
			return this;
		}

		/**
		 * Sets how many background tasks there may be at a time;
		 * {@value #DEFAULT_MAX_BACKGROUND} by default.
		 * @param maxBackground the number of tasks, at least 1
		 * @return this builder
		 */
		public Builder maxBackground(int maxBackground) {
			Assert.isTrue(maxBackground > 0,
					() -> "'maxBackground' must be at least 1 but was %d".formatted(maxBackground));
			this.maxBackground = maxBackground;
			return this;
		}

		/**
		 * Sets how long somebody may take to ask for the failure of a background task
		 * before it is reported; one second by default.
		 * @param reportAfter the time; zero reports at once
		 * @return this builder
		 */
		public Builder reportAfter(Duration reportAfter) {
			Assert.isTrue(!reportAfter.isNegative(),
					() -> "'reportAfter' must not be negative but was %s".formatted(reportAfter));
			this.reportAfter = reportAfter;
			return this;
		}

		/**
		 * Sets who is told of each group while it is open; nobody by default.
		 * @param observer the observer, or {@code null} for none
		 * @return this builder
		 */
		public Builder observer(@Nullable WorkObserver observer) {
			this.observer = observer;
			return this;
		}

		/**
		 * Adds a listener.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(TaskListener listener) {
			Assert.notNull(listener, "'listener' must not be null");
			this.listeners.add(listener);
			return this;
		}

		/**
		 * Builds the instance.
		 * @return a new instance
		 */
		public Tasks build() {
			return new Tasks(this);
		}

	}

}
