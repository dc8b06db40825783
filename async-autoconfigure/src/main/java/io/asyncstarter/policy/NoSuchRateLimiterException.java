package io.asyncstarter.policy;

import java.util.Collection;
import java.util.List;

/**
 * Thrown when a {@link RateLimiter} is asked for by a name that none has.
 *
 * @since 0.1.0
 */
public class NoSuchRateLimiterException extends RuntimeException {

	private final String rateLimiterName;

	private final List<String> availableNames;

	/**
	 * Creates an exception.
	 * @param rateLimiterName the name that was asked for
	 * @param availableNames the names that there are
	 */
	public NoSuchRateLimiterException(String rateLimiterName, Collection<String> availableNames) {
		super("There is no rate limiter named '%s'; there are: %s".formatted(rateLimiterName,
				String.join(", ", availableNames)));
		this.rateLimiterName = rateLimiterName;
		this.availableNames = List.copyOf(availableNames);
	}

	/**
	 * Returns the name that was asked for.
	 * @return the name
	 */
	public String getRateLimiterName() {
		return this.rateLimiterName;
	}

	/**
	 * Returns the names of the rate limiters that there are.
	 * @return the names, unmodifiable
	 */
	public List<String> getAvailableNames() {
		return this.availableNames;
	}

}
