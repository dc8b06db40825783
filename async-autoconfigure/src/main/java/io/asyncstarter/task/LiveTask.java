package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A group, a task of one, or a background task, that has not ended.
 *
 * @param kind what it is
 * @param name its name
 * @param age how long ago it was opened, forked or started
 * @param thread the thread that it runs on, the owner's for a group, or {@code null}
 * @since 0.1.0
 */
public record LiveTask(TaskNode.Kind kind, String name, Duration age, @Nullable Thread thread) {

	static List<LiveTask> all(LiveWork live, long now) {
		List<LiveTask> all = new ArrayList<>();
		live.groups().forEach((group) -> add(all, group, now));
		for (BackgroundJob<?> job : live.jobs()) {
			ForkedTask<?> run = job.run();
			all.add(new LiveTask(TaskNode.Kind.BACKGROUND, job.getName(), age(job.since(), now),
					(run != null) ? run.thread() : null));
			if (run != null) {
				add(all, run.nested(), now);
			}
		}
		live.tasks().forEach((task) -> add(all, task, now));
		return all;
	}

	private static void add(List<LiveTask> all, @Nullable TaskGroup group, long now) {
		if (group == null) {
			return;
		}
		all.add(new LiveTask(TaskNode.Kind.GROUP, group.getName(), age(group.since(), now), group.owner()));
		add(all, group.scope().nested(), now);
		group.tasks().children().snapshot(Integer.MAX_VALUE).forEach((task) -> add(all, task, now));
	}

	private static void add(List<LiveTask> all, ForkedTask<?> task, long now) {
		all.add(new LiveTask(TaskNode.Kind.TASK, task.getName(), Duration.ofNanos(task.age(now)), task.thread()));
		add(all, task.nested(), now);
	}

	private static Duration age(long since, long now) {
		return Duration.ofNanos(Math.max(0, now - since));
	}

}
