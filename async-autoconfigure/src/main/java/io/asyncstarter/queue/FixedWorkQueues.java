package io.asyncstarter.queue;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.util.Assert;

/**
 * A registry of queues that are given to it.
 */
final class FixedWorkQueues implements WorkQueues {

	private final SortedMap<String, WorkQueue<?>> queues = new TreeMap<>();

	FixedWorkQueues(WorkQueue<?>... queues) {
		for (WorkQueue<?> queue : queues) {
			WorkQueue<?> other = this.queues.put(queue.getName(), queue);
			Assert.isTrue(other == null, () -> "There are two queues named '%s'".formatted(queue.getName()));
		}
	}

	@Override
	public Optional<WorkQueue<?>> find(String name) {
		return Optional.ofNullable(this.queues.get(name));
	}

	@Override
	public SortedSet<String> names() {
		return Collections.unmodifiableSortedSet(new TreeSet<>(this.queues.keySet()));
	}

}
