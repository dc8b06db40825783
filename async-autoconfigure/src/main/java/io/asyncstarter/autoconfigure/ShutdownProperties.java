package io.asyncstarter.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the shutdown.
 *
 * @param gracePeriod Time for running and queued work to end by itself.
 * @param cancelPeriod Time for work to end after it was cancelled, at the end of the
 * grace period.
 * @param reportFile File to which the shutdown report is written. It is only logged by
 * default.
 * @since 0.1.0
 */
public record ShutdownProperties(@PositiveOrZero @DefaultValue("25s") Duration gracePeriod,
		@PositiveOrZero @DefaultValue("5s") Duration cancelPeriod, @Nullable Path reportFile) {

}
