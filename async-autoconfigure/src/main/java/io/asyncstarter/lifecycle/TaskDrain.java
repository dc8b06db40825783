package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.asyncstarter.task.BackgroundStats;
import io.asyncstarter.task.TaskNode;
import io.asyncstarter.task.Tasks;

/**
 * Brings task groups and background tasks to their end: background tasks are refused,
 * periodic ones end with their current run. Groups can still be opened, since work that
 * was accepted may need them.
 *
 * @since 0.1.0
 */
public final class TaskDrain implements ShutdownParticipant {

	private static final int MAX_DETAILS = 50;

	private final Tasks tasks;

	private final long endedBefore;

	/**
	 * Creates a drain, which counts background tasks from now on.
	 * @param tasks the groups and background tasks
	 */
	public TaskDrain(Tasks tasks) {
		this.tasks = tasks;
		this.endedBefore = ended(tasks.getBackgroundStats());
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
		return this.tasks.drain((atMost.isNegative()) ? Duration.ZERO : atMost);
	}

	@Override
	public List<ShutdownAccount> accounts() {
		List<TaskNode> roots = this.tasks.tree().roots();
		BackgroundStats stats = this.tasks.getBackgroundStats();
		return List.of(
				new ShutdownAccount("tasks", "background", ended(stats) - this.endedBefore, stats.active(),
						details(roots, true)),
				new ShutdownAccount("tasks", "groups", 0,
						roots.stream().filter((root) -> root.kind() == TaskNode.Kind.GROUP).count(),
						details(roots, false)));
	}

	private static long ended(BackgroundStats stats) {
		return stats.succeeded() + stats.failed() + stats.cancelled();
	}

	private static List<UnfinishedWork> details(List<TaskNode> roots, boolean background) {
		List<UnfinishedWork> details = new ArrayList<>();
		for (TaskNode root : roots) {
			if ((root.kind() == TaskNode.Kind.BACKGROUND) == background) {
				add(details, root);
			}
		}
		return details;
	}

	private static void add(List<UnfinishedWork> details, TaskNode node) {
		if (details.size() == MAX_DETAILS) {
			return;
		}
		details.add((node.thread() != null) ? UnfinishedWork.on(node.name(), node.age(), node.thread())
				: new UnfinishedWork(node.name(), node.age(), null, List.of()));
		node.children().forEach((child) -> add(details, child));
	}

	@Override
	public void cancel() {
		this.tasks.cancelAll("the application shuts down");
	}

}
