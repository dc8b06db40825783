package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work that has not ended, or never began.
 *
 * @param name its name, or what else it is known by; nothing that it works on
 * @param age the time since it was accepted, or {@code null} if that is not known
 * @param thread the name of the thread that it runs on, or {@code null} if it waits
 * @param stack where it is, innermost frame first; empty if it waits
 * @param subject what it works on, such as the item of a queue, for listeners that keep
 * it; it is never logged. {@code null} if that is not known
 * @since 0.1.0
 */
public record UnfinishedWork(String name, @Nullable Duration age, @Nullable String thread,
		List<StackTraceElement> stack, @Nullable Object subject) {

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
		String threadName = (!thread.getName().isEmpty()) ? thread.getName() : "#%d".formatted(thread.threadId());
		return new UnfinishedWork(name, age, threadName, List.of(thread.getStackTrace()), null);
	}

	/**
	 * Returns the same description with what the work is about.
	 * @param newSubject what it works on
	 * @return the description
	 */
	public UnfinishedWork about(Object newSubject) {
		return new UnfinishedWork(this.name, this.age, this.thread, this.stack, newSubject);
	}

	/**
	 * Describes work that waits.
	 * @param name its name
	 * @param age the time since it was accepted, or {@code null} if that is not known
	 * @param subject what it works on, or {@code null} if that is not known
	 * @return the description
	 */
	public static UnfinishedWork waiting(String name, @Nullable Duration age, @Nullable Object subject) {
		return new UnfinishedWork(name, age, null, List.of(), subject);
	}

}
