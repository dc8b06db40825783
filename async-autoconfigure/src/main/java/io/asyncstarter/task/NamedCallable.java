package io.asyncstarter.task;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Work that has a name, by which its task is known, for verbs that take several pieces of
 * work.
 *
 * @param <T> the type of the result
 * @param name the name
 * @param work the work
 * @since 0.1.0
 * @see Tasks#named(String, Callable)
 */
public record NamedCallable<T extends @Nullable Object>(String name,
		Callable<? extends T> work) implements Callable<T> {

	/**
	 * Creates work that has a name.
	 */
	public NamedCallable {
		Assert.hasText(name, "'name' must not be empty");
		Assert.notNull(work, "'work' must not be null");
	}

	@Override
	public T call() throws Exception {
		return this.work.call();
	}

}
