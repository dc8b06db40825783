package io.asyncstarter.task;

import java.util.concurrent.ThreadFactory;

/**
 * A new virtual thread for each task.
 */
final class ThreadLauncher implements TaskLauncher {

	static final ThreadLauncher INSTANCE = new ThreadLauncher();

	private final ThreadFactory unnamed = Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

	private ThreadLauncher() {
	}

	@Override
	public void launch(ForkedTask<?> task, boolean freePlace) {
		try {
			String name = task.givenName();
			Thread thread = (name != null) ? named(name, task) : this.unnamed.newThread(task);
			thread.start();
		}
		catch (Throwable ex) {
			task.fail(ex);
		}
	}

	private static Thread named(String name, Runnable task) {
		return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(task);
	}

	@Override
	public void withdraw(ForkedTask<?> task) {
	}

	@Override
	public boolean canHelp() {
		return false;
	}

	@Override
	public boolean help(ForkedTask<?> task) {
		return false;
	}

}
