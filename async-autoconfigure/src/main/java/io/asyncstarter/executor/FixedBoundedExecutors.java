package io.asyncstarter.executor;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.util.Assert;

/**
 * A registry of executors that are given to it.
 */
final class FixedBoundedExecutors implements BoundedExecutors {

	private final SortedMap<String, BoundedExecutor> executors = new TreeMap<>();

	FixedBoundedExecutors(BoundedExecutor... executors) {
		for (BoundedExecutor executor : executors) {
			BoundedExecutor other = this.executors.put(executor.getName(), executor);
			Assert.isTrue(other == null, () -> "There are two executors named '%s'".formatted(executor.getName()));
		}
	}

	@Override
	public Optional<BoundedExecutor> find(String name) {
		return Optional.ofNullable(this.executors.get(name));
	}

	@Override
	public SortedSet<String> names() {
		return Collections.unmodifiableSortedSet(new TreeSet<>(this.executors.keySet()));
	}

}
