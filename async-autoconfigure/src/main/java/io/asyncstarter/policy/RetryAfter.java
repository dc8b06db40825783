package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * A failure that itself knows how long the other side asked to wait before the next
 * attempt. For others there are {@link RetryAfterExtractor}s.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RetryAfter {

	/**
	 * Returns how long to wait.
	 * @return the time from now on, taken instead of the backoff and without jitter; zero
	 * and less retry at once; empty if the other side did not say
	 */
	Optional<Duration> getRetryAfter();

}
