package io.asyncstarter.task;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which of the tasks that were waited for have ended. None of them was touched by the
 * wait.
 *
 * @param <H> the type of the handles
 * @param done the tasks that have ended, in the order in which that was noticed,
 * unmodifiable
 * @param pending the tasks that have not, in the order in which they were given,
 * unmodifiable
 * @since 0.1.0
 */
public record Awaited<H>(Set<H> done, Set<H> pending) {

	/**
	 * Creates a new division.
	 */
	public Awaited {
		done = Collections.unmodifiableSet(new LinkedHashSet<>(done));
		pending = Collections.unmodifiableSet(new LinkedHashSet<>(pending));
	}

}
