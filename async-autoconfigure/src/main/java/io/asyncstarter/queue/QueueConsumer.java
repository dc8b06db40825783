package io.asyncstarter.queue;

/**
 * Processes what it is given: an item, a list of items, or one of these with what is
 * known about it.
 *
 * @param <I> the type of the input
 * @since 0.1.0
 */
@FunctionalInterface
public interface QueueConsumer<I> {

	/**
	 * Processes the input. It has been processed when this method returns.
	 * @param input the input
	 * @throws Exception if it could not be processed
	 */
	void accept(I input) throws Exception;

}
