package io.asyncstarter.executor;

import java.util.concurrent.ThreadFactory;

/**
 * A new thread for each task.
 */
final class ThreadPerTaskLauncher implements TaskLauncher {

	private final ThreadFactory threadFactory;

	private final boolean ownFactory;

	/**
	 * Creates a launcher.
	 * @param ownFactory whether the factory is one of the JDK's whose threads inherit
	 * nothing, rather than a user's
	 */
	ThreadPerTaskLauncher(ThreadFactory threadFactory, boolean ownFactory) {
		this.threadFactory = threadFactory;
		this.ownFactory = ownFactory;
	}

	@Override
	public void launch(Runnable body) {
		if (this.ownFactory) {
			this.threadFactory.newThread(body).start();
		}
		else {
			LauncherThread.start(this.threadFactory, body);
		}
	}

	@Override
	public boolean reusesThreads() {
		return false;
	}

	@Override
	public boolean startsCleanThreads() {
		return this.ownFactory;
	}

	@Override
	public void resize(int maxConcurrency) {
	}

	@Override
	public void close() {
	}

	@Override
	public void awaitTermination(long nanos) {
	}

}
