package io.asyncstarter.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * A command that is a future itself, so that somebody may wait for it: if it is not to be
 * run after all, it is cancelled.
 */
final class FutureCommandTask extends CommandTask {

	private final Runnable command;

	private final Future<?> future;

	FutureCommandTask(TaskCapture capture, Callable<@Nullable Void> work, Runnable command, Future<?> future) {
		super(capture, work, command);
		this.command = command;
		this.future = future;
	}

	@Override
	boolean fail(Throwable failure) {
		if (isDone()) {
			return false;
		}
		if (CompletionServices.wraps(this.command, executor())) {
			super.abandon();
			CompletionServices.giveUp(this.command, failure);
			return true;
		}
		this.future.cancel(false);
		return super.fail(failure);
	}

	@Override
	void abandon() {
		super.abandon();
		if (CompletionServices.wraps(this.command, executor())) {
			CompletionServices.giveUp(this.command, new CancellationException());
		}
		else {
			this.future.cancel(false);
		}
	}

	boolean isFutureCancelled() {
		return this.future.isCancelled();
	}

	@Override
	boolean hasCallbacks() {
		return true;
	}

}
