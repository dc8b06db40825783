package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work that has not ended.
 *
 * @param name its name, or what else it is known by; nothing that it works on
 * @param age the time since it was accepted
 * @param thread the thread that it runs on, or {@code null} if it waits
 * @param stack where it is, innermost frame first; empty if it waits
 * @since 0.1.0
 */
public record UnfinishedWork(String name, Duration age, @Nullable Thread thread, List<StackTraceElement> stack) {

	/**
	 * Creates a description.
	 */
	public UnfinishedWork {
		stack = List.copyOf(stack);
	}

	/**
	 * Describes work that runs on a thread, with the stack of the moment.
	 * @param name its name
	 * @param age the time since it was accepted
	 * @param thread the thread
	 * @return the description
	 */
	public static UnfinishedWork on(String name, Duration age, Thread thread) {
		return new UnfinishedWork(name, age, thread, List.of(thread.getStackTrace()));
	}

}
