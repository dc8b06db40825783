package io.asyncstarter.executor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A task of a {@link BoundedExecutor} that runs.
 *
 * @param thread its thread, or {@code null} if that is just being started
 * @param age the time since its submission
 * @since 0.1.0
 */
public record RunningTask(@Nullable Thread thread, Duration age) {

}
