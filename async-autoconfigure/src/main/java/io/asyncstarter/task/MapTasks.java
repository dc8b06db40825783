package io.asyncstarter.task;

import java.util.Collection;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.TaskBound;

/**
 * Runs the items of a stream, which is no block of code that could own a group: each is a
 * task of its own, that is listed while it goes on and leaves nothing behind. Has what is
 * bound to the consumer's thread when the first item is pulled. Used by the consumer.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class MapTasks<T, R extends @Nullable Object> implements MapEngine.Starter<T, R> {

	private final Tasks tasks;

	private final String name;

	private final TaskLauncher launcher;

	private final Deadline deadline = Deadline.current();

	private final TaskContext context = TaskBound.detached(TaskContext::capture);

	private int started;

	MapTasks(Tasks tasks, MapSettings settings) {
		this.tasks = tasks;
		this.name = settings.name();
		this.launcher = tasks.launcher(settings.executor(), null);
	}

	@Override
	public void start(MapSlot<T, R> slot) {
		ForkedTask<@Nullable Void> task = new ForkedTask<>(new Owner(slot), null, Deadline.none(), this.context,
				() -> apply(slot));
		task.forkedAt(this.tasks.timer().nanoTime());
		task.index = this.started++;
		slot.task = task;
		this.tasks.live().add(task);
		this.launcher.launch(task, false);
	}

	/**
	 * Does the work, within the deadline, which nobody else enforces.
	 */
	private @Nullable Void apply(MapSlot<T, R> slot) throws Exception {
		if (this.deadline.isUnbounded()) {
			slot.apply();
		}
		else {
			this.deadline.<Exception>run(this.name, slot::apply);
		}
		return null;
	}

	@Override
	public void help(Collection<MapSlot<T, R>> running) {
		if (this.launcher.canHelp()) {
			for (MapSlot<T, R> slot : running) {
				if (slot.task != null) {
					this.launcher.help(slot.task);
				}
			}
		}
	}

	/**
	 * What the task of a slot belongs to.
	 */
	private final class Owner implements TaskOwner {

		private final MapSlot<T, R> slot;

		Owner(MapSlot<T, R> slot) {
			this.slot = slot;
		}

		@Override
		public String getName() {
			return MapTasks.this.name;
		}

		@Override
		public @Nullable TaskGroup group() {
			return null;
		}

		@Override
		public boolean isStopped() {
			return false;
		}

		@Override
		public boolean hasExecutor() {
			return MapTasks.this.launcher != ThreadLauncher.INSTANCE;
		}

		@Override
		public void started(ForkedTask<?> task) {
		}

		@Override
		public void ended(ForkedTask<?> task, int ended) {
			MapTasks.this.tasks.live().remove(task);
			Throwable failure = switch (ended) {
				case TrackedTask.FAILED -> task.exception();
				case TrackedTask.CANCELLED ->
					new CancellationException("Task '%s' was cancelled".formatted(task.getName()));
				default -> null;
			};
			this.slot.over(failure);
		}

		@Override
		public void cancelled(ForkedTask<?> task) {
			MapTasks.this.launcher.withdraw(task);
		}

	}

}
