package io.asyncstarter.executor;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The bounded executors of an application, by name.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public interface BoundedExecutors {

	/**
	 * Returns an executor.
	 * @param name the name of the executor
	 * @return the executor
	 * @throws NoSuchExecutorException if there is no executor of that name
	 */
	default BoundedExecutor get(String name) {
		return find(name).orElseThrow(() -> new NoSuchExecutorException(name, names()));
	}

	/**
	 * Returns an executor if there is one of the name.
	 * @param name the name of the executor
	 * @return the executor, or empty
	 */
	Optional<BoundedExecutor> find(String name);

	/**
	 * Returns the names of all executors.
	 * @return the names in alphabetical order, unmodifiable
	 */
	SortedSet<String> names();

	/**
	 * Returns all executors.
	 * @return the executors in the order of their names
	 */
	default Collection<BoundedExecutor> all() {
		return names().stream().map(this::get).toList();
	}

	/**
	 * Returns a registry of the given executors.
	 * @param executors the executors, each with a name of its own
	 * @return the registry
	 */
	static BoundedExecutors of(BoundedExecutor... executors) {
		return new FixedBoundedExecutors(executors);
	}

}
