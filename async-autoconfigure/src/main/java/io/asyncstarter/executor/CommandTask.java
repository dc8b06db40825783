package io.asyncstarter.executor;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * A task whose future nobody has, because it was given to {@code execute}: a failure goes
 * to the executor's uncaught exception handler.
 */
class CommandTask extends BoundedTask<@Nullable Void> {

	CommandTask(TaskCapture capture, Callable<@Nullable Void> work, Runnable command) {
		super(capture, work);
		this.slot = command;
	}

	@Override
	protected void setException(Throwable failure) {
		super.setException(failure);
		if (hasFailedBy(failure)) {
			executor().reportUncaught(failure);
		}
	}

	@Override
	boolean fail(Throwable failure) {
		return !isDone() && super.fail(failure);
	}

	@Override
	Runnable handle() {
		return (this.state != TaskState.RUNNING && this.slot instanceof Runnable command) ? command : this;
	}

}
