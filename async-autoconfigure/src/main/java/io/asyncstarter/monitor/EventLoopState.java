package io.asyncstarter.monitor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an event loop.
 *
 * @param name the name of the loop
 * @param thread the name of its thread, or {@code null} if it has not answered a
 * heartbeat yet
 * @param blockedFor how long the loop has been blocked, or {@code null} if it is not, as
 * far as is known
 * @param lastLag the time that the last answered heartbeat waited
 * @param longestLag the longest such time
 * @param blockages how often the loop was found blocked
 * @since 0.1.0
 */
public record EventLoopState(String name, @Nullable String thread, @Nullable Duration blockedFor, Duration lastLag,
		Duration longestLag, long blockages) {

}
