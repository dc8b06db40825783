package io.asyncstarter.task;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * The settings of a background task. Without any it runs once, on a virtual thread, and
 * has no deadline: not even the one of the caller, which is about the caller's work.
 *
 * @param deadline how long the task, or each run of a periodic one, has, or {@code null}
 * @param inheritDeadline whether the deadline that applies to the caller also applies to
 * the task
 * @param executor the name of the executor that runs the task, or {@code null} for a
 * virtual thread
 * @param executorInstance the executor that runs the task, in place of a name, or
 * {@code null}
 * @param every the time from the end of a run to the start of the next one, or
 * {@code null} for a task that runs once
 * @param jitter by which share of it that time may be shorter or longer, from 0 to 1
 * @since 0.1.0
 */
public record BackgroundOptions(@Nullable Duration deadline, boolean inheritDeadline, @Nullable String executor,
		@Nullable BoundedExecutor executorInstance, @Nullable Duration every, double jitter) {

	private static final BackgroundOptions DEFAULTS = new BackgroundOptions(null, false, null, null, null, 0);

	/**
	 * Creates the settings of a background task.
	 */
	public BackgroundOptions {
		Assert.isTrue(deadline == null || deadline.isPositive(),
				() -> "'deadline' must be longer than zero but was %s".formatted(deadline));
		Assert.isTrue(every == null || every.isPositive(),
				() -> "'every' must be longer than zero but was %s".formatted(every));
		Assert.isTrue(jitter >= 0 && jitter <= 1, () -> "'jitter' must be from 0 to 1 but was %s".formatted(jitter));
		Assert.isTrue(executor == null || executorInstance == null,
				() -> "'executor' and 'executorInstance' must not both be set but were '%s' and %s".formatted(executor,
						executorInstance));
		Assert.isTrue(every == null || !inheritDeadline,
				"'inheritDeadline' must not be set for a periodic task, which outlives its caller");
	}

	/**
	 * Returns the settings of a background task that has none.
	 * @return the default settings
	 */
	public static BackgroundOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Starts to build settings, from the default ones.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Builds {@link BackgroundOptions}. Instances are not safe for use by multiple
	 * threads.
	 */
	public static final class Builder {

		private @Nullable Duration deadline;

		private boolean inheritDeadline;

		private @Nullable String executor;

		private @Nullable BoundedExecutor executorInstance;

		private @Nullable Duration every;

		private double jitter;

		private Builder() {
		}

		/**
		 * Sets how long the task, or each run of a periodic one, has.
		 * @param deadline the time, longer than zero
		 * @return this builder
		 */
		public Builder deadline(Duration deadline) {
			this.deadline = deadline;
			return this;
		}

		/**
		 * Lets the deadline that applies to the caller also apply to the task.
		 * @return this builder
		 */
		public Builder inheritDeadline() {
			this.inheritDeadline = true;
			return this;
		}

		/**
		 * Sets the executor that runs the task, by its name.
		 * @param executor the name
		 * @return this builder
		 */
		public Builder executor(String executor) {
			this.executor = executor;
			this.executorInstance = null;
			return this;
		}

		/**
		 * Sets the executor that runs the task.
		 * @param executor the executor
		 * @return this builder
		 */
		public Builder executor(BoundedExecutor executor) {
			this.executor = null;
			this.executorInstance = executor;
			return this;
		}

		/**
		 * Makes the task periodic: it runs at once, and again whenever a time has passed
		 * since the end of the last run. A failure does not end it.
		 * @param every the time, longer than zero
		 * @return this builder
		 */
		public Builder every(Duration every) {
			this.every = every;
			return this;
		}

		/**
		 * Spreads the runs of a periodic task.
		 * @param jitter by which share of it the time between runs may be shorter or
		 * longer, from 0 to 1
		 * @return this builder
		 */
		public Builder jitter(double jitter) {
			this.jitter = jitter;
			return this;
		}

		/**
		 * Builds the settings.
		 * @return the settings
		 */
		public BackgroundOptions build() {
			return new BackgroundOptions(this.deadline, this.inheritDeadline, this.executor, this.executorInstance,
					this.every, this.jitter);
		}

	}

}
