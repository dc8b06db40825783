package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of background tasks.
 *
 * @param maxTasks Greatest number of background tasks at once, periodic ones between two
 * runs included. Further ones are rejected.
 * @param reportAfter Time after which a failure that nobody has asked for is reported.
 * @since 0.1.0
 */
public record BackgroundProperties(@Positive @DefaultValue("10000") int maxTasks,
		@PositiveOrZero @DefaultValue("1s") Duration reportAfter) {

}
