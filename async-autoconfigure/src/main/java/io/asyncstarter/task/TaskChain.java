package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;

/**
 * A list of tasks that are its own nodes, so that taking one out of the middle is
 * constant time. Guarded by the lock of the {@link ChildList} that it is part of.
 */
final class TaskChain {

	@Nullable ForkedTask<?> first;

	private @Nullable ForkedTask<?> last;

	void add(ForkedTask<?> task) {
		ForkedTask<?> previous = this.last;
		task.previous = previous;
		this.last = task;
		if (previous != null) {
			previous.next = task;
		}
		else {
			this.first = task;
		}
	}

	void remove(ForkedTask<?> task) {
		ForkedTask<?> previous = task.previous;
		ForkedTask<?> next = task.next;
		if (previous != null) {
			previous.next = next;
		}
		else {
			this.first = next;
		}
		if (next != null) {
			next.previous = previous;
		}
		else {
			this.last = previous;
		}
		task.previous = null;
		task.next = null;
	}

}
