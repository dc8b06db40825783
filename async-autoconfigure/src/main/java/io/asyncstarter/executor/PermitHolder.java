package io.asyncstarter.executor;

import org.jspecify.annotations.Nullable;

/**
 * The task on whose permit the current thread runs. A thread that runs a task of another
 * one in place, as an overloaded caller or because it joins it, keeps its own.
 */
final class PermitHolder {

	private static final ThreadLocal<@Nullable BoundedTask<?>> CURRENT = new ThreadLocal<>();

	private PermitHolder() {
	}

	static void enter(BoundedTask<?> task) {
		CURRENT.set(task);
	}

	static void leave() {
		CURRENT.remove();
	}

	/**
	 * Returns the task, or {@code null} if the current thread is not one of ours.
	 */
	static @Nullable BoundedTask<?> current() {
		return CURRENT.get();
	}

	/**
	 * Returns whether the current thread runs on a permit of the executor.
	 */
	static boolean isWithin(BoundedExecutor executor) {
		BoundedTask<?> holder = CURRENT.get();
		return holder != null && holder.isOf(executor);
	}

}
