package io.asyncstarter.policy;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.util.Assert;

/**
 * A registry of rate limiters that are given to it.
 */
final class FixedRateLimiters implements RateLimiters {

	private final SortedMap<String, RateLimiter> entries = new TreeMap<>();

	FixedRateLimiters(RateLimiter... entries) {
		for (RateLimiter entry : entries) {
			RateLimiter other = this.entries.put(entry.getName(), entry);
			Assert.isTrue(other == null, () -> "There are two rate limiters named '%s'".formatted(entry.getName()));
		}
	}

	@Override
	public Optional<RateLimiter> find(String name) {
		return Optional.ofNullable(this.entries.get(name));
	}

	@Override
	public SortedSet<String> names() {
		return Collections.unmodifiableSortedSet(new TreeSet<>(this.entries.keySet()));
	}

}
