package io.asyncstarter.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Properties of the observation of work.
 *
 * @param enabled Whether each call of a policy, group of tasks and item of a queue is
 * observed. By default they are if there is a tracer.
 * @since 0.1.0
 */
public record ObservationProperties(@Nullable Boolean enabled) {

}
