package io.asyncstarter.deadline;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Starts threads that keep nothing of the thread that happened to start them: neither its
 * inheritable thread-locals, context class loader and thread group nor, up to Java 23,
 * the protection domains of the callers on its stack, and with these their class loaders.
 */
final class TimerThread {

	private TimerThread() {
	}

	// There is no other way to leave the callers behind in Java 21, and no harm in 24.
	@SuppressWarnings("removal")
	static Thread start(String name, Runnable task) {
		Thread thread = AccessController.doPrivileged((PrivilegedAction<Thread>) () -> Thread.ofPlatform()
			.name(name)
			.group(rootGroup())
			.daemon(true)
			.inheritInheritableThreadLocals(false)
			.unstarted(task));
		thread.setContextClassLoader(TimerThread.class.getClassLoader());
		thread.start();
		return thread;
	}

	private static ThreadGroup rootGroup() {
		ThreadGroup group = Thread.currentThread().getThreadGroup();
		while (group.getParent() != null) {
			group = group.getParent();
		}
		return group;
	}

}
