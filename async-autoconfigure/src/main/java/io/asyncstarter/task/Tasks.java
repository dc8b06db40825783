package io.asyncstarter.task;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
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

	private final DeadlineTimer timer;

	private final @Nullable BoundedExecutors executors;

	private final @Nullable Policies policies;

	private final TaskGroupOptions groupDefaults;

	private final Map<String, TaskGroupOptions> groups;

	private final TaskForest forest = new TaskForest();

	private Tasks(Builder builder) {
		this.timer = builder.timer;
		this.executors = builder.executors;
		this.policies = builder.policies;
		this.groupDefaults = builder.groupDefaults;
		this.groups = Map.copyOf(builder.groups);
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
		return new TaskGroup(name, options, launcher(options), this);
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

	private TaskLauncher launcher(TaskGroupOptions options) {
		if (options.executorInstance() != null) {
			return new ExecutorLauncher(options.executorInstance());
		}
		return (options.executor() != null) ? new ExecutorLauncher(executor(options.executor()))
				: ThreadLauncher.INSTANCE;
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

	TaskForest forest() {
		return this.forest;
	}

	/**
	 * Builds {@link Tasks}. Instances are not safe for use by multiple threads.
	 */
	public static final class Builder {

		private DeadlineTimer timer = DeadlineTimer.shared();

		private @Nullable BoundedExecutors executors;

		private @Nullable Policies policies;

		private TaskGroupOptions groupDefaults = TaskGroupOptions.defaults();

		private final Map<String, TaskGroupOptions> groups = new TreeMap<>();

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
		 * Builds the instance.
		 * @return a new instance
		 */
		public Tasks build() {
			return new Tasks(this);
		}

	}

}
