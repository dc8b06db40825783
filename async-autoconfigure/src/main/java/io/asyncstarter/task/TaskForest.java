package io.asyncstarter.task;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The groups that are open and were opened outside of any other.
 */
final class TaskForest {

	private final Set<TaskGroup> groups = ConcurrentHashMap.newKeySet();

	void add(TaskGroup group) {
		this.groups.add(group);
	}

	void remove(TaskGroup group) {
		this.groups.remove(group);
	}

	Collection<TaskGroup> groups() {
		return this.groups;
	}

}
