package io.asyncstarter.executor;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * A runnable as a callable without a result, in 16 bytes.
 */
final class RunnableWork implements Callable<@Nullable Void> {

	private final Runnable runnable;

	RunnableWork(Runnable runnable) {
		this.runnable = runnable;
	}

	@Override
	public @Nullable Void call() {
		this.runnable.run();
		return null;
	}

}
