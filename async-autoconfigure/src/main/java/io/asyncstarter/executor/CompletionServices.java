package io.asyncstarter.executor;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorCompletionService;

import org.jspecify.annotations.Nullable;

/**
 * The commands of an {@link ExecutorCompletionService}, which wrap a task of ours so that
 * we cannot see it. A wrapper that is given up without being run would leave that task
 * open for ever, so it is run after all, and the task within ends itself instead of doing
 * its work. Then the service still tells of the end.
 */
final class CompletionServices {

	private static final ThreadLocal<@Nullable Throwable> GIVING_UP = new ThreadLocal<>();

	private CompletionServices() {
	}

	/**
	 * Returns whether a command wraps a task of the executor.
	 */
	static boolean wraps(Runnable command, BoundedExecutor executor) {
		return command.getClass().getEnclosingClass() == ExecutorCompletionService.class
				&& executor.getClass() == BoundedExecutor.class;
	}

	/**
	 * Ends the task within a command without doing its work.
	 * @param failure how it ends
	 */
	static void giveUp(Runnable command, Throwable failure) {
		GIVING_UP.set(failure);
		try {
			command.run();
		}
		finally {
			GIVING_UP.remove();
		}
	}

	/**
	 * Ends a task, which is about to do its work, if it is to be given up.
	 * @return whether it is
	 */
	static boolean isGivenUp(BoundedTask<?> task) {
		Throwable failure = GIVING_UP.get();
		if (failure == null) {
			return false;
		}
		if (failure instanceof CancellationException) {
			task.abandon();
		}
		else {
			task.fail(failure);
		}
		return true;
	}

}
