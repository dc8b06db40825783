package io.asyncstarter.task;

import java.util.Spliterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The results of a mapping, pulled one by one. Starts with the first of them. Used by one
 * thread at a time.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class MapSpliterator<T, R extends @Nullable Object> implements Spliterator<R> {

	private final Tasks tasks;

	private final MapSettings settings;

	private final Iterable<? extends T> source;

	private final TaskFunction<? super T, ? extends R> function;

	private @Nullable MapEngine<T, R> engine;

	private boolean closed;

	MapSpliterator(Tasks tasks, MapSettings settings, Iterable<? extends T> source,
			TaskFunction<? super T, ? extends R> function) {
		this.tasks = tasks;
		this.settings = settings;
		this.source = source;
		this.function = function;
	}

	@Override
	public boolean tryAdvance(Consumer<? super R> action) {
		MapSlot<T, R> next = (!this.closed) ? next() : null;
		if (next == null) {
			this.closed = true;
			return false;
		}
		action.accept(next.result());
		return true;
	}

	private @Nullable MapSlot<T, R> next() {
		MapSlot<T, R> next;
		try {
			next = engine().next();
		}
		catch (InterruptedException ex) {
			close();
			Thread.currentThread().interrupt();
			CancellationException cancelled = new CancellationException(
					"Mapping '%s' was interrupted".formatted(this.settings.name()));
			cancelled.initCause(ex);
			throw cancelled;
		}
		catch (Throwable ex) {
			close();
			throw ex;
		}
		Throwable failure = (next != null) ? next.failure() : null;
		if (failure != null) {
			close();
			throw unchecked(failure);
		}
		return next;
	}

	private static RuntimeException unchecked(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof RuntimeException ex) ? ex : new CompletionException(failure);
	}

	private MapEngine<T, R> engine() {
		MapEngine<T, R> started = this.engine;
		if (started == null) {
			started = new MapEngine<>(this.settings, this.source.iterator(), this.function,
					new MapTasks<>(this.tasks, this.settings));
			this.engine = started;
		}
		return started;
	}

	/**
	 * Cancels what runs, and waits until it has ended.
	 */
	void close() {
		this.closed = true;
		if (this.engine != null) {
			this.engine.cancel();
		}
	}

	@Override
	public @Nullable Spliterator<R> trySplit() {
		return null;
	}

	@Override
	public long estimateSize() {
		return Long.MAX_VALUE;
	}

	@Override
	public int characteristics() {
		return (this.settings.ordered()) ? ORDERED : 0;
	}

}
