package io.asyncstarter.executor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listeners of an executor, and its uncaught exception handler, what happens.
 * What they throw in turn ends here.
 */
final class ExecutorEvents {

	private static final Log logger = LogFactory.getLog(BoundedExecutor.class);

	private final BoundedExecutor executor;

	private final List<BoundedExecutorListener> listeners;

	private final Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler;

	ExecutorEvents(BoundedExecutor executor, List<BoundedExecutorListener> listeners,
			Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler) {
		this.executor = executor;
		this.listeners = new CopyOnWriteArrayList<>(listeners);
		this.uncaughtExceptionHandler = uncaughtExceptionHandler;
	}

	void add(BoundedExecutorListener listener) {
		this.listeners.add(listener);
	}

	void before(long queuedNanos) {
		if (!this.listeners.isEmpty()) {
			tell((listener) -> listener.beforeTask(this.executor, queuedNanos));
		}
	}

	void after(TaskOutcome outcome, long runNanos) {
		if (!this.listeners.isEmpty()) {
			tell((listener) -> listener.afterTask(this.executor, outcome, runNanos));
		}
	}

	void rejected(RejectionReason reason) {
		tell((listener) -> listener.taskRejected(this.executor, reason));
	}

	void terminated() {
		tell((listener) -> listener.terminated(this.executor));
	}

	private void tell(Consumer<BoundedExecutorListener> event) {
		for (BoundedExecutorListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				logger.error("Listener [%s] of executor '%s' failed".formatted(listener, this.executor.getName()), ex);
			}
		}
	}

	void uncaught(Throwable failure) {
		Thread thread = Thread.currentThread();
		try {
			if (this.uncaughtExceptionHandler != null) {
				this.uncaughtExceptionHandler.uncaughtException(thread, failure);
				return;
			}
			logger.error("Task of executor '%s' failed".formatted(this.executor.getName()), failure);
			Thread.UncaughtExceptionHandler handler = handlerOf(thread);
			if (handler != null) {
				handler.uncaughtException(thread, failure);
			}
		}
		catch (Throwable ex) {
			logger.error("Uncaught exception handler of executor '%s' failed".formatted(this.executor.getName()), ex);
		}
	}

	private static Thread.@Nullable UncaughtExceptionHandler handlerOf(Thread thread) {
		Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
		// A thread without a handler of its own names its group, which would print.
		return (!handler.equals(thread.getThreadGroup())) ? handler : Thread.getDefaultUncaughtExceptionHandler();
	}

}
