package io.asyncstarter.task;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Reports, once, what of a group has not ended within the grace time although it was
 * asked to stop. Structure is not given up for it: the owner waits on.
 */
final class UnresponsiveTasks {

	private static final Log logger = LogFactory.getLog(TaskGroup.class);

	private static final int MOST_REPORTED = 100;

	private final TaskGroup group;

	/*
	 * Its lock guards 'timeout' and 'closed'.
	 */
	private final ChildList children;

	private final DeadlineTimer timer;

	private final TaskEvents events;

	private final Duration grace;

	private DeadlineTimer.@Nullable Timeout timeout;

	private volatile boolean closed;

	UnresponsiveTasks(TaskGroup group, ChildList children, Tasks tasks, Duration grace) {
		this.group = group;
		this.children = children;
		this.timer = tasks.timer();
		this.events = tasks.events();
		this.grace = grace;
	}

	/**
	 * Called when something has been asked to stop.
	 */
	void watch() {
		this.children.acquire();
		try {
			if (!this.grace.isZero() && this.timeout == null && !this.closed) {
				this.timeout = this.timer.schedule(this.grace.toNanos(), this::reportLater);
			}
		}
		finally {
			this.children.release();
		}
	}

	/**
	 * Called when everything has ended.
	 */
	void close() {
		this.children.acquire();
		try {
			this.closed = true;
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
		StringBuilder report = new StringBuilder();
		for (ForkedTask<?> task : this.children.snapshot(MOST_REPORTED)) {
			Thread thread = task.thread();
			if (thread != null && task.status() == TrackedTask.CANCEL_SENT) {
				append(report, "subtask '%s'".formatted(task.getName()), thread);
				this.events.unresponsive(this.group.getName(), task.getName());
			}
		}
		if (this.group.isBodyUnresponsive()) {
			append(report, "the body", this.group.owner());
			this.events.unresponsive(this.group.getName(), this.group.getName());
		}
		if (!report.isEmpty() && !this.closed) {
			logger.warn("Group '%s' waits for what ignores its interruption for more than %s now:%s"
				.formatted(this.group.getName(), this.grace, report));
		}
	}

	private static void append(StringBuilder report, String what, Thread thread) {
		report.append("\n%s on thread \"%s\" %s".formatted(what, thread.getName(), thread.getState()));
		for (StackTraceElement frame : thread.getStackTrace()) {
			report.append("\n\tat ").append(frame);
		}
	}

}
