package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Reads from a failure how long the other side asked to wait before the next attempt, for
 * example from the {@code Retry-After} header of an answer 429 or 503.
 * <p>
 * Called between attempts, on the thread that saw the failure; it must not block.
 * Implementations are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RetryAfterExtractor {

	/**
	 * Returns how long to wait after a failure.
	 * @param failure what the attempt failed with
	 * @return the time from now on, taken instead of the backoff and without jitter; zero
	 * and less retry at once; or {@code null} if the failure does not say
	 */
	@Nullable Duration retryAfter(Throwable failure);

}
