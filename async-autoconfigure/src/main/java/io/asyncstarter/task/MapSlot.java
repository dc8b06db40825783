package io.asyncstarter.task;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * One item of a {@link MapEngine}, from when it was pulled until its result is handed
 * out.
 *
 * @param <T> the type of the item
 * @param <R> the type of the results
 */
final class MapSlot<T, R extends @Nullable Object> {

	/*
	 * The outcome is written by the thread that ends the item, before it tells
	 * 'whenOver', and read by the consumer, who has got the slot from there. 'over',
	 * 'place' and 'task' belong to the consumer.
	 */

	private final T item;

	private final TaskFunction<? super T, ? extends R> function;

	private final Consumer<MapSlot<T, R>> whenOver;

	private @Nullable Object result;

	private @Nullable Throwable failure;

	boolean over;

	/**
	 * Where the engine keeps the item while it runs.
	 */
	int place;

	/**
	 * What works on the item, if it can be cancelled by itself.
	 */
	@Nullable ForkedTask<?> task;

	MapSlot(T item, TaskFunction<? super T, ? extends R> function, Consumer<MapSlot<T, R>> whenOver) {
		this.item = item;
		this.function = function;
		this.whenOver = whenOver;
	}

	/**
	 * Does the work.
	 */
	void apply() throws Exception {
		this.result = this.function.apply(this.item);
	}

	/**
	 * Called once, when the work has ended or will not begin.
	 * @param failure why there is no result, or {@code null} if there is one
	 */
	void over(@Nullable Throwable failure) {
		this.failure = failure;
		this.whenOver.accept(this);
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	@SuppressWarnings({ "unchecked", "NullAway" }) // what the function returned
	R result() {
		return (R) this.result;
	}

}
