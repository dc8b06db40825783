package io.asyncstarter.queue;

/**
 * Callback for beans that change the queues created from {@code async.queues.*}, after
 * the properties were applied: to add what YAML cannot say, such as a listener or an
 * order by rank. Customizers are called in their order, once a queue.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface WorkQueueCustomizer {

	/**
	 * Customizes a queue that is about to be built.
	 * @param name the name of the queue
	 * @param builder the builder to change; the type of the items is what the application
	 * makes of it
	 */
	void customize(String name, WorkQueueBuilder<Object> builder);

}
