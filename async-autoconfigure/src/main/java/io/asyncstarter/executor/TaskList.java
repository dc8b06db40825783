package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A list of tasks in order of arrival. The links are in the tasks, so that a task can be
 * taken out from the middle in constant time and costs no node. Not safe for use by
 * multiple threads: guarded by the lock of {@link Admission}. A task is in one list at
 * the most.
 */
final class TaskList {

	private @Nullable BoundedTask<?> head;

	private @Nullable BoundedTask<?> tail;

	private int size;

	private int nested;

	int size() {
		return this.size;
	}

	/**
	 * Returns how many of the tasks were submitted by tasks of the same executor.
	 */
	int nested() {
		return this.nested;
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	@Nullable BoundedTask<?> head() {
		return this.head;
	}

	void add(BoundedTask<?> task) {
		BoundedTask<?> last = this.tail;
		task.previous = last;
		if (last == null) {
			this.head = task;
		}
		else {
			last.next = task;
		}
		this.tail = task;
		this.size++;
		this.nested += (task.nested) ? 1 : 0;
	}

	@Nullable BoundedTask<?> poll() {
		BoundedTask<?> first = this.head;
		if (first != null) {
			remove(first);
		}
		return first;
	}

	void remove(BoundedTask<?> task) {
		BoundedTask<?> before = task.previous;
		BoundedTask<?> after = task.next;
		if (before == null) {
			this.head = after;
		}
		else {
			before.next = after;
		}
		if (after == null) {
			this.tail = before;
		}
		else {
			after.previous = before;
		}
		task.previous = null;
		task.next = null;
		this.size--;
		this.nested -= (task.nested) ? 1 : 0;
	}

	List<BoundedTask<?>> toList() {
		List<BoundedTask<?>> tasks = new ArrayList<>(this.size);
		for (BoundedTask<?> task = this.head; task != null; task = task.next) {
			tasks.add(task);
		}
		return tasks;
	}

}
