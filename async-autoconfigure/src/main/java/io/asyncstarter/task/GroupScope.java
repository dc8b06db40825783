package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.CancelScope;
import io.asyncstarter.deadline.Deadline;

/**
 * The scope of a group on its owner's thread.
 */
final class GroupScope extends CancelScope implements TreeParent {

	private final TaskGroup group;

	private final Runnable onExpiry;

	private volatile @Nullable TaskGroup nested;

	GroupScope(TaskGroup group, Deadline deadline, Runnable onExpiry) {
		super(deadline);
		this.group = group;
		this.onExpiry = onExpiry;
	}

	@Override
	protected void expired() {
		this.onExpiry.run();
	}

	@Override
	public void nest(@Nullable TaskGroup group) {
		this.nested = group;
	}

	@Nullable TaskGroup nested() {
		return this.nested;
	}

	@Override
	public TaskGroup group() {
		return this.group;
	}

}
