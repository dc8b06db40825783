package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the health contributor.
 *
 * @param executorSaturatedAbove Time for which an executor may have no room for further
 * tasks before the application is out of service.
 * @param eventLoopBlockedAbove Time for which an event loop may be blocked before the
 * application is down.
 * @param queueItemWaitsAbove Time for which an item may wait in a queue before the
 * application is out of service.
 * @since 0.1.0
 */
public record HealthProperties(@Positive @DefaultValue("30s") Duration executorSaturatedAbove,
		@Positive @DefaultValue("10s") Duration eventLoopBlockedAbove,
		@Positive @DefaultValue("5m") Duration queueItemWaitsAbove) {

}
