package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the shutdown.
 *
 * @param gracePeriod Time for running and queued work to end by itself.
 * @param cancelPeriod Time for work to end after it was cancelled, at the end of the
 * grace period.
 * @since 0.1.0
 */
public record ShutdownProperties(@PositiveOrZero @DefaultValue("25s") Duration gracePeriod,
		@PositiveOrZero @DefaultValue("5s") Duration cancelPeriod) {

}
