package io.asyncstarter.task;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * Runs the items of a mapping as the tasks of a group, which cancels and awaits them.
 * Used by the group's owner.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class GroupStarter<T, R extends @Nullable Object> implements MapEngine.Starter<T, R> {

	private final TaskGroup group;

	private final FirstFailure first;

	GroupStarter(TaskGroup group, FirstFailure first) {
		this.group = group;
		this.first = first;
	}

	@Override
	public void start(MapSlot<T, R> slot) {
		this.group.fork(this.first.watch(() -> {
			Throwable failure = null;
			try {
				slot.apply();
				return null;
			}
			catch (Throwable ex) {
				failure = ex;
				throw ex;
			}
			finally {
				slot.over(failure);
			}
		}));
	}

	@Override
	public void help(Collection<MapSlot<T, R>> running) {
		this.group.tasks().help();
	}

}
