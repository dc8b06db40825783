package io.asyncstarter.policy;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.util.Assert;

/**
 * A registry of policies that are given to it.
 */
final class FixedPolicies implements Policies {

	private final SortedMap<String, Policy> entries = new TreeMap<>();

	FixedPolicies(Policy... entries) {
		for (Policy entry : entries) {
			Policy other = this.entries.put(entry.getName(), entry);
			Assert.isTrue(other == null, () -> "There are two policies named '%s'".formatted(entry.getName()));
		}
	}

	@Override
	public Optional<Policy> find(String name) {
		return Optional.ofNullable(this.entries.get(name));
	}

	@Override
	public SortedSet<String> names() {
		return Collections.unmodifiableSortedSet(new TreeSet<>(this.entries.keySet()));
	}

}
