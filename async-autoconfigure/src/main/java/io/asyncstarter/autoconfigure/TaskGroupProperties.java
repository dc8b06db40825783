package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

import io.asyncstarter.task.TaskGroupOptions;

/**
 * Properties of the task groups of one name.
 *
 * @param deadline Time a group has from its opening until all of its tasks have ended.
 * Unlimited by default.
 * @param maxConcurrency Greatest number of a group's tasks that run at once. Further ones
 * wait in the order in which they were forked. Unlimited by default.
 * @param executor Name of the executor that runs the tasks. By default each has a virtual
 * thread of its own.
 * @param grace Time a task may take to heed its cancellation before it is reported with
 * its stack. Zero never reports. 5 seconds by default.
 * @since 0.1.0
 */
@ConfigurationPropertiesSource
public record TaskGroupProperties(@Positive @Nullable Duration deadline, @Positive @Nullable Integer maxConcurrency,
		@Nullable String executor, @PositiveOrZero @Nullable Duration grace) {

	TaskGroupOptions toOptions() {
		TaskGroupOptions.Builder options = TaskGroupOptions.builder().deadline(this.deadline).executor(this.executor);
		if (this.maxConcurrency != null) {
			options.maxConcurrency(this.maxConcurrency);
		}
		if (this.grace != null) {
			options.grace(this.grace);
		}
		return options.build();
	}

}
