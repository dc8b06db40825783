package io.asyncstarter.queue;

import org.jspecify.annotations.Nullable;

/**
 * Processes what it is given, or starts to do so: an item, a list of items, or one of
 * these with what is known about it.
 *
 * @param <I> the type of the input
 * @since 0.1.0
 */
@FunctionalInterface
public interface QueueFunction<I> {

	/**
	 * Processes the input or starts to do so.
	 * @param input the input
	 * @return a {@link java.util.concurrent.CompletionStage} or a reactive type, which is
	 * waited for, and cancelled if need be; or anything else, which means that the input
	 * has been processed
	 * @throws Exception if it could not be processed
	 */
	@Nullable Object apply(I input) throws Exception;

}
