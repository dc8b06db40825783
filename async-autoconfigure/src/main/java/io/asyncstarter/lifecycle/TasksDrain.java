package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import io.asyncstarter.task.BackgroundStats;
import io.asyncstarter.task.GroupOutcome;
import io.asyncstarter.task.TaskListener;
import io.asyncstarter.task.TaskNode;
import io.asyncstarter.task.Tasks;

/**
 * Brings task groups and background tasks to their end. Groups can be opened until the
 * end, by work that was accepted before; background tasks cannot be started any more.
 *
 * @since 0.1.0
 */
public final class TasksDrain implements ShutdownParticipant {

	private static final int MAX_DETAILS = 50;

	private final Tasks tasks;

	private final LongAdder groups = new LongAdder();

	private final long endedBefore;

	/**
	 * Creates a drain, which counts groups and background tasks from now on.
	 * @param tasks the tasks
	 */
	public TasksDrain(Tasks tasks) {
		this.tasks = tasks;
		this.endedBefore = ended(tasks.getBackgroundStats());
		tasks.addListener(new TaskListener() {

			@Override
			public void groupEnded(String group, GroupOutcome outcome, Duration time) {
				TasksDrain.this.groups.increment();
			}

		});
	}

	private static long ended(BackgroundStats stats) {
		return stats.succeeded() + stats.failed() + stats.cancelled();
	}

	@Override
	public ShutdownStage getStage() {
		return ShutdownStage.TASKS;
	}

	@Override
	public void refuse() {
		this.tasks.closeBackground();
	}

	@Override
	public boolean awaitEnd(Duration atMost) throws InterruptedException {
		return this.tasks.drain(atMost);
	}

	@Override
	public List<ShutdownAccount> accounts() {
		List<TaskNode> live = this.tasks.tree(Integer.MAX_VALUE).nodes().toList();
		return List.of(
				account("task groups", this.groups.sum(),
						live.stream().filter((task) -> task.kind() == TaskNode.Kind.GROUP).count(),
						details(live, TaskNode.Kind.GROUP, TaskNode.Kind.TASK)),
				account("background tasks", ended(this.tasks.getBackgroundStats()) - this.endedBefore,
						live.stream().filter((task) -> task.kind() == TaskNode.Kind.BACKGROUND).count(),
						details(live, TaskNode.Kind.BACKGROUND)));
	}

	private static ShutdownAccount account(String name, long ended, long unfinished, List<UnfinishedWork> details) {
		return new ShutdownAccount("tasks", name, ended, unfinished, details, List.of());
	}

	private static List<UnfinishedWork> details(List<TaskNode> live, TaskNode.Kind... kinds) {
		List<UnfinishedWork> details = new ArrayList<>();
		for (TaskNode task : live) {
			if (List.of(kinds).contains(task.kind()) && details.size() < MAX_DETAILS) {
				Thread thread = task.thread();
				details.add((thread != null) ? UnfinishedWork.on(task.name(), task.age(), thread)
						: UnfinishedWork.waiting(task.name(), task.age(), null));
			}
		}
		return details;
	}

	@Override
	public void cancel() {
		this.tasks.cancelAll("the application is shutting down");
	}

}
