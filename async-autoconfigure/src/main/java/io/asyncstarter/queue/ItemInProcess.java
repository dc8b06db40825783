package io.asyncstarter.queue;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An item that a managed consumer is processing.
 *
 * @param <T> the type of the item
 * @param item the item
 * @param age how long ago the queue took it
 * @param thread the consumer's thread, or {@code null} if that has just ended
 * @since 0.1.0
 */
public record ItemInProcess<T>(T item, Duration age, @Nullable Thread thread) {

}
