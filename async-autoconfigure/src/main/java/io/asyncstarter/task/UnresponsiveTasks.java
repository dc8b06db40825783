package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Reports, each once, what of a group has not ended within the grace time after it was
 * asked to stop. Structure is not given up for it: the owner waits on.
 */
final class UnresponsiveTasks {

	/*
	 * Invariants. (1) The mutable fields are guarded by the lock of the group's
	 * ChildList. (2) 'requests' has the requests whose grace time has not passed, in the
	 * order in which it does. (3) A timeout is armed for the first of them, or the thread
	 * that it has started is on its way.
	 */

	private static final Log logger = LogFactory.getLog(TaskGroup.class);

	private static final int MOST_REPORTED = 100;

	private final TaskGroup group;

	private final ChildList children;

	private final DeadlineTimer timer;

	private final TaskEvents events;

	private final Duration grace;

	private final Queue<Request> requests = new ArrayDeque<>(0);

	private DeadlineTimer.@Nullable Timeout timeout;

	private boolean closed;

	UnresponsiveTasks(TaskGroup group, ChildList children, Tasks tasks, Duration grace) {
		this.group = group;
		this.children = children;
		this.timer = tasks.timer();
		this.events = tasks.events();
		this.grace = grace;
	}

	/**
	 * Called when the whole group has been asked to stop.
	 */
	void watchAll() {
		watch((ForkedTask<?>) null);
	}

	/**
	 * Called when one task has been asked to stop.
	 */
	void watch(@Nullable ForkedTask<?> task) {
		if (this.grace.isZero()) {
			return;
		}
		long now = this.timer.nanoTime();
		this.children.acquire();
		try {
			if (!this.closed) {
				this.requests.add(new Request(task, now + TimeUnit.NANOSECONDS.convert(this.grace)));
				if (this.requests.size() == 1) {
					arm(now);
				}
			}
		}
		finally {
			this.children.release();
		}
	}

	private void arm(long now) {
		Request first = this.requests.peek();
		this.timeout = (first != null) ? this.timer.schedule(now, first.due() - now, this::reportLater) : null;
	}

	/**
	 * Called when everything has ended.
	 */
	void close() {
		this.children.acquire();
		try {
			this.closed = true;
			this.requests.clear();
			if (this.timeout != null) {
				this.timeout.cancel();
			}
		}
		finally {
			this.children.release();
		}
	}

	private void reportLater() {
		Thread.ofVirtual().inheritInheritableThreadLocals(false).start(this::report);
	}

	private void report() {
		List<ForkedTask<?>> tasks = new ArrayList<>();
		boolean all = takeDue(tasks);
		StringBuilder report = new StringBuilder();
		tasks.forEach((task) -> append(report, task));
		if (all) {
			appendBody(report);
		}
		if (!report.isEmpty()) {
			logger.warn("Group '%s' waits for what ignores its interruption for more than %s now:%s"
				.formatted(this.group.getName(), this.grace, report));
		}
	}

	/**
	 * Takes the requests whose grace time has passed, and arms the timeout for the next.
	 * @param tasks where to put the tasks that have not been reported
	 * @return whether the body was asked too
	 */
	private boolean takeDue(List<ForkedTask<?>> tasks) {
		boolean all = false;
		long now = this.timer.nanoTime();
		this.children.acquire();
		try {
			for (Request first = this.requests.peek(); first != null
					&& first.due() - now <= 0; first = this.requests.peek()) {
				this.requests.remove();
				all |= first.task() == null;
				tasks.addAll((first.task() != null) ? List.of(first.task()) : this.children.snapshot(MOST_REPORTED));
			}
			tasks.removeIf((task) -> task.unresponsive || task.status() != TrackedTask.CANCEL_SENT);
			tasks.forEach((task) -> task.unresponsive = true);
			arm(now);
		}
		finally {
			this.children.release();
		}
		return all;
	}

	private void append(StringBuilder report, ForkedTask<?> task) {
		Thread thread = task.thread();
		if (thread != null) {
			append(report, "subtask '%s'".formatted(task.getName()), thread);
			this.events.unresponsive(this.group.getName(), task.getName());
		}
	}

	private void appendBody(StringBuilder report) {
		if (this.group.isBodyUnresponsive()) {
			append(report, "the body", this.group.owner());
			this.events.unresponsive(this.group.getName(), this.group.getName());
		}
	}

	private static void append(StringBuilder report, String what, Thread thread) {
		report.append("\n%s on thread \"%s\" %s".formatted(what, thread.getName(), thread.getState()));
		for (StackTraceElement frame : thread.getStackTrace()) {
			report.append("\n\tat ").append(frame);
		}
	}

	/**
	 * That something was asked to stop.
	 *
	 * @param task the task, or {@code null} for all of them and the body
	 * @param due when its grace time has passed
	 */
	private record Request(@Nullable ForkedTask<?> task, long due) {

	}

}
