package io.asyncstarter.queue;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The queues that there are, by name.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public interface WorkQueues {

	/**
	 * Returns a queue.
	 * @param <T> the type of its items, which nobody checks
	 * @param name the name of the queue
	 * @return the queue
	 * @throws NoSuchQueueException if there is no queue of that name
	 */
	@SuppressWarnings("unchecked") // as the caller says
	default <T> WorkQueue<T> get(String name) {
		return (WorkQueue<T>) find(name).orElseThrow(() -> new NoSuchQueueException(name, names()));
	}

	/**
	 * Returns a queue if there is one of the name.
	 * @param name the name of the queue
	 * @return the queue, or empty
	 */
	Optional<WorkQueue<?>> find(String name);

	/**
	 * Returns the names of all queues.
	 * @return the names in alphabetical order, unmodifiable
	 */
	SortedSet<String> names();

	/**
	 * Returns all queues.
	 * @return the queues in the order of their names
	 */
	default Collection<WorkQueue<?>> all() {
		return names().stream().<WorkQueue<?>>map(this::get).toList();
	}

	/**
	 * Returns a registry of the given queues.
	 * @param queues the queues, each with a name of its own
	 * @return the registry
	 */
	static WorkQueues of(WorkQueue<?>... queues) {
		return new FixedWorkQueues(queues);
	}

}
