package io.asyncstarter.task;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells the listeners what happens. What they throw ends here.
 */
final class TaskEvents {

	private static final Log logger = LogFactory.getLog(Tasks.class);

	private final List<TaskListener> listeners;

	TaskEvents(List<TaskListener> listeners) {
		this.listeners = new CopyOnWriteArrayList<>(listeners);
	}

	void add(TaskListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Returns whether there is anybody to tell, and so a reason to look at the time.
	 */
	boolean isListening() {
		return !this.listeners.isEmpty();
	}

	void taskStarted(String group, ForkedTask<?> task, long waitedNanos) {
		tell((listener) -> listener.taskStarted(group, task.getName(), Duration.ofNanos(waitedNanos)));
	}

	void taskEnded(String group, ForkedTask<?> task, long nanos) {
		tell((listener) -> listener.taskEnded(group, task.getName(), task.state(), Duration.ofNanos(nanos)));
	}

	void groupEnded(String group, GroupOutcome outcome, long nanos) {
		tell((listener) -> listener.groupEnded(group, outcome, Duration.ofNanos(nanos)));
	}

	void backgroundStarted(String name, long waitedNanos) {
		tell((listener) -> listener.backgroundStarted(name, Duration.ofNanos(waitedNanos)));
	}

	void backgroundEnded(String name, Subtask.State state, long nanos) {
		tell((listener) -> listener.backgroundEnded(name, state, Duration.ofNanos(nanos)));
	}

	void backgroundFailed(String name, Throwable failure) {
		tell((listener) -> listener.backgroundFailed(name, failure));
	}

	void unresponsive(String group, String task) {
		tell((listener) -> listener.unresponsive(group, task));
	}

	private void tell(Consumer<TaskListener> event) {
		for (TaskListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				logger.error("Task listener [%s] failed".formatted(listener), ex);
			}
		}
	}

}
