package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.asyncstarter.queue.QueueOverloadPolicy;

/**
 * Properties of one work queue.
 *
 * @param capacity Greatest number of items that wait to be processed.
 * @param whenFull What happens with an item when no more may wait.
 * @param maxWait Time a producer waits for room if 'when-full' is 'wait'. Zero refuses at
 * once. As long as it takes by default.
 * @param consumers Number of items, or batches, that a listener processes side by side.
 * @param policy Policy around the processing of each item or batch. None by default.
 * @param executor Executor that the consumers run on, each of them for good. Virtual
 * threads of their own by default.
 * @param batchSize Greatest number of items that a listener is given together. Items are
 * given one by one by default.
 * @param batchLinger Time an item waits for a batch to be completed. Batches are taken as
 * they come by default.
 * @param deadLetter Queue, or bean of type DeadLetterHandler, that items go to that
 * cannot be processed. They are logged by default.
 * @param carryContext Whether items are processed with what was bound to their producer's
 * thread.
 * @param carryDeadline Whether items have the deadline of their producer.
 * @since 0.1.0
 */
@ConfigurationPropertiesSource
public record QueueProperties(@Positive @DefaultValue("1000") int capacity,
		@DefaultValue("wait") QueueOverloadPolicy whenFull, @PositiveOrZero @Nullable Duration maxWait,
		@PositiveOrZero @DefaultValue("1") int consumers, @Nullable String policy, @Nullable String executor,
		@Positive @Nullable Integer batchSize, @PositiveOrZero @Nullable Duration batchLinger,
		@Nullable String deadLetter, @DefaultValue("false") boolean carryContext,
		@DefaultValue("false") boolean carryDeadline) {

}
