package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;

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

	private Tasks(Builder builder) {
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
		Assert.hasText(name, "'name' must not be empty");
		Assert.notNull(options, "'options' must not be null");
		return new TaskGroup(name, options, launcher(options.executorInstance(), options.executor()),
				this);
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
	 * @return what the body returns; {@code null} if {@link TaskGroup#cancel} kept it from
	 * returning anything
	 * @throws TaskGroupException if the body or a task failed
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws InterruptedException if the calling thread was interrupted; all tasks have
	 * been cancelled and have ended
	 */
	public <T extends @Nullable Object> T inGroup(String name, GroupBody<T> body) throws InterruptedException {
		return inGroup(name, groupOptions(name), body);
	}

	/**
	 * Does the same as {@link #inGroup(String, GroupBody)} in a group with settings of its
	 * own.
	 * @param <T> the type of the result
	 * @param name the name of the group
	 * @param options the settings of the group
	 * @param body the owner's part of the work, on the calling thread
	 * @return what the body returns; {@code null} if {@link TaskGroup#cancel} kept it from
	 * returning anything
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
	 * @return what the body returns; {@code null} if {@link TaskGroup#cancel} kept it from
	 * returning anything
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
	}

	/**
	 * Adds a listener that is told of what happens from now on.
	 * @param listener the listener
	 */
	public void addListener(TaskListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.events.add(listener);
	}

	private TaskLauncher launcher(@Nullable BoundedExecutor instance, @Nullable String name) {
		if (instance != null) {
			return new ExecutorLauncher(instance);
		}
		return (name != null) ? new ExecutorLauncher(executor(name)) : ThreadLauncher.INSTANCE;
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
