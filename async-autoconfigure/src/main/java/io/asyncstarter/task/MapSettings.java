package io.asyncstarter.task;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * How items are mapped.
 *
 * @param name the name that shows in threads and exceptions
 * @param limit how many items are worked on at once
 * @param window how many results may wait to be handed out
 * @param ordered whether results come in the order of the source
 * @param executor what runs the work, or {@code null} for virtual threads
 */
record MapSettings(String name, int limit, int window, boolean ordered, @Nullable BoundedExecutor executor) {

	MapSettings {
		Assert.hasText(name, "'name' must not be empty");
		Assert.isTrue(limit >= 1, () -> "'limit' must be at least 1 but was %d".formatted(limit));
		Assert.isTrue(window >= 0, () -> "'window' must not be negative but was %d".formatted(window));
	}

	static MapSettings of(int limit) {
		return new MapSettings("map", limit, limit, true, null);
	}

	/**
	 * Returns how many items may be held at once.
	 */
	int capacity() {
		return (int) Math.min(Integer.MAX_VALUE, (long) this.limit + this.window);
	}

}
