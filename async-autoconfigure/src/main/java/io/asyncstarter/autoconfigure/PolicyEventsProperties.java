package io.asyncstarter.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the application events that tell what happens in policies.
 *
 * @param enabled Whether to publish events. If there is a listener for them when the
 * application starts, by default.
 * @param queueCapacity Number of events that may wait for listeners. Others are dropped
 * and counted.
 * @param includeSuccesses Whether to publish calls that succeeded as well.
 * @since 0.1.0
 */
public record PolicyEventsProperties(@Nullable Boolean enabled, @Positive @DefaultValue("1000") int queueCapacity,
		@DefaultValue("false") boolean includeSuccesses) {

}
