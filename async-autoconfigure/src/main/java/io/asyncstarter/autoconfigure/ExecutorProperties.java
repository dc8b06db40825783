package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.ThreadKind;

/**
 * Properties of one bounded executor. What is absent gets the default of the executor's
 * name and kind of threads, see {@link ExecutorSettings}.
 *
 * @param threads Kind of threads that run the tasks. Virtual ones by default, except for
 * the executor 'cpu'.
 * @param maxConcurrency Greatest number of tasks that run at once. By default 200 on
 * virtual threads, one per processor on platform threads.
 * @param queueCapacity Greatest number of tasks that wait to be run. By default 1000 on
 * virtual threads, 100 on platform threads.
 * @param whenFull What happens with a task when no more may run or wait. It is rejected
 * by default.
 * @param maxWait Time a caller waits for room if 'when-full' is 'wait'. Zero rejects at
 * once. 30 seconds by default.
 * @param queueTimeout Time after which a task that still waits to be run fails. Unlimited
 * by default.
 * @param runTimeout Time after its start at which a task is interrupted and fails.
 * Unlimited by default.
 * @since 0.1.0
 */
@ConfigurationPropertiesSource
public record ExecutorProperties(@Nullable ThreadKind threads, @Positive @Nullable Integer maxConcurrency,
		@PositiveOrZero @Nullable Integer queueCapacity, @Nullable OverloadPolicy whenFull,
		@PositiveOrZero @Nullable Duration maxWait, @Positive @Nullable Duration queueTimeout,
		@Positive @Nullable Duration runTimeout) {

}
