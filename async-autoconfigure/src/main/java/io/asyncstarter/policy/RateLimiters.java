package io.asyncstarter.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The rate limiters of an application, by name.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public interface RateLimiters {

	/**
	 * Returns a rate limiter.
	 * @param name the name of the rate limiter
	 * @return the rate limiter
	 * @throws NoSuchRateLimiterException if there is no rate limiter of that name
	 */
	default RateLimiter get(String name) {
		return find(name).orElseThrow(() -> new NoSuchRateLimiterException(name, names()));
	}

	/**
	 * Returns a rate limiter if there is one of the name.
	 * @param name the name of the rate limiter
	 * @return the rate limiter, or empty
	 */
	Optional<RateLimiter> find(String name);

	/**
	 * Returns the names of all rate limiters.
	 * @return the names in alphabetical order, unmodifiable
	 */
	SortedSet<String> names();

	/**
	 * Returns all rate limiters.
	 * @return the rate limiters in the order of their names
	 */
	default Collection<RateLimiter> all() {
		return names().stream().map(this::get).toList();
	}

	/**
	 * Returns a registry of the given rate limiters.
	 * @param rateLimiters the rate limiters, each with a name of its own
	 * @return the registry
	 */
	static RateLimiters of(RateLimiter... rateLimiters) {
		return new FixedRateLimiters(rateLimiters);
	}

}
