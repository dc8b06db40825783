package io.asyncstarter.task;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * The settings of a {@link TaskGroup}. Without any it has no deadline of its own, no
 * bound, and a virtual thread for each of its tasks.
 *
 * @param deadline how long the group has from its opening until {@code join} returns, or
 * {@code null} for no limit but those around it
 * @param maxConcurrency how many of the group's tasks run at once; {@link #UNBOUNDED} for
 * all of them
 * @param executor the name of the executor that runs the tasks, or {@code null} for
 * virtual threads of the group's own
 * @param executorInstance the executor that runs the tasks, in place of a name, or
 * {@code null}
 * @param grace how long a task may take to heed its cancellation before it is reported;
 * zero never reports
 * @since 0.1.0
 */
public record TaskGroupOptions(@Nullable Duration deadline, int maxConcurrency, @Nullable String executor,
		@Nullable BoundedExecutor executorInstance, Duration grace) {

	/**
	 * A bound that is none.
	 */
	public static final int UNBOUNDED = Integer.MAX_VALUE;

	/**
	 * How long a task may take to heed its cancellation unless set otherwise.
	 */
	public static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

	private static final TaskGroupOptions DEFAULTS = new TaskGroupOptions(null, UNBOUNDED, null, null, DEFAULT_GRACE);

	/**
	 * Creates the settings of a group.
	 */
	public TaskGroupOptions {
		Assert.isTrue(deadline == null || deadline.isPositive(),
				() -> "'deadline' must be longer than zero but was %s".formatted(deadline));
		Assert.isTrue(maxConcurrency > 0,
				() -> "'maxConcurrency' must be at least 1 but was %d".formatted(maxConcurrency));
		Assert.isTrue(executor == null || executorInstance == null,
				() -> "'executor' and 'executorInstance' must not both be set but were '%s' and %s".formatted(executor,
						executorInstance));
		Assert.isTrue(!grace.isNegative(), () -> "'grace' must not be negative but was %s".formatted(grace));
	}

	/**
	 * Returns the settings of a group that has none.
	 * @return the default settings
	 */
	public static TaskGroupOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Starts to build settings, from the default ones.
	 * @return the builder
	 */
	public static Builder builder() {
		return DEFAULTS.mutate();
	}

	/**
	 * Starts to build settings that differ from these.
	 * @return the builder
	 */
	public Builder mutate() {
		return new Builder(this);
	}

	/**
	 * Builds {@link TaskGroupOptions}. Instances are not safe for use by multiple
	 * threads.
	 */
	public static final class Builder {

		private @Nullable Duration deadline;

		private int maxConcurrency;

		private @Nullable String executor;

		private @Nullable BoundedExecutor executorInstance;

		private Duration grace;

		private Builder(TaskGroupOptions options) {
			this.deadline = options.deadline;
			this.maxConcurrency = options.maxConcurrency;
			this.executor = options.executor;
			this.executorInstance = options.executorInstance;
			this.grace = options.grace;
		}

		/**
		 * Sets how long the group has from its opening until {@code join} returns.
		 * @param deadline the time, longer than zero, or {@code null} for no limit but
		 * those around the group
		 * @return this builder
		 */
		public Builder deadline(@Nullable Duration deadline) {
			this.deadline = deadline;
			return this;
		}

		/**
		 * Sets how many of the group's tasks run at once; further ones wait in the order
		 * in which they were forked, without a thread.
		 * @param maxConcurrency the number of tasks, at least 1
		 * @return this builder
		 */
		public Builder maxConcurrency(int maxConcurrency) {
			this.maxConcurrency = maxConcurrency;
			return this;
		}

		/**
		 * Sets the executor that runs the tasks, by its name.
		 * @param executor the name, or {@code null} for virtual threads of the group's
		 * own
		 * @return this builder
		 */
		public Builder executor(@Nullable String executor) {
			this.executor = executor;
			this.executorInstance = null;
			return this;
		}

		/**
		 * Sets the executor that runs the tasks.
		 * @param executor the executor
		 * @return this builder
		 */
		public Builder executor(BoundedExecutor executor) {
			this.executor = null;
			this.executorInstance = executor;
			return this;
		}

		/**
		 * Sets how long a task may take to heed its cancellation before it is reported.
		 * @param grace the time; zero never reports
		 * @return this builder
		 */
		public Builder grace(Duration grace) {
			Assert.notNull(grace, "'grace' must not be null");
			this.grace = grace;
			return this;
		}

		/**
		 * Builds the settings.
		 * @return the settings
		 */
		public TaskGroupOptions build() {
			return new TaskGroupOptions(this.deadline, this.maxConcurrency, this.executor, this.executorInstance,
					this.grace);
		}

	}

}
