package io.asyncstarter.executor;

import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * What a thread factory is given to run. It does nothing on a thread that the factory has
 * started itself, since the launch of such a thread is reported as failed.
 */
final class LauncherThread implements Runnable {

	private final Runnable body;

	// Written before Thread.start(), so no thread that sees it false was started by us.
	private boolean launched;

	private LauncherThread(Runnable body) {
		this.body = body;
	}

	/**
	 * Starts a new thread.
	 * @throws IllegalStateException if the factory has no usable thread
	 */
	static void start(ThreadFactory threadFactory, Runnable body) {
		LauncherThread launch = new LauncherThread(body);
		@Nullable Thread thread = threadFactory.newThread(launch);
		if (thread == null) {
			throw new IllegalStateException("Thread factory [%s] returned no thread".formatted(threadFactory));
		}
		if (thread.getState() != Thread.State.NEW) {
			throw new IllegalThreadStateException(
					"Thread factory [%s] returned a thread that was started already".formatted(threadFactory));
		}
		launch.launched = true;
		thread.start();
	}

	@Override
	public void run() {
		if (this.launched) {
			this.body.run();
		}
	}

}
