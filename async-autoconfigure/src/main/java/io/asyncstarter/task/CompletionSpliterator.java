package io.asyncstarter.task;

import java.time.Duration;
import java.util.Spliterator;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Handles of tasks in the order of their ends. Used by one thread at a time.
 *
 * @param <H> the type of the handles
 */
final class CompletionSpliterator<H> implements Spliterator<H> {

	private static final String NAME = "asCompleted";

	private final HandleWatch<H> watch;

	private final DeadlineTimer timer;

	private final @Nullable Duration timeout;

	private final long start;

	CompletionSpliterator(HandleWatch<H> watch, DeadlineTimer timer, @Nullable Duration timeout) {
		this.watch = watch;
		this.timer = timer;
		this.timeout = timeout;
		this.start = timer.nanoTime();
		if (timeout != null) {
			watch.expireAfter(timeout, timer);
		}
	}

	@Override
	public boolean tryAdvance(Consumer<? super H> action) {
		H next = next();
		if (next != null) {
			action.accept(next);
			return true;
		}
		this.watch.close();
		if (this.watch.isExpired() && this.timeout != null) {
			throw new DeadlineExceededException(NAME, this.timeout,
					Duration.ofNanos(this.timer.nanoTime() - this.start), null);
		}
		return false;
	}

	private @Nullable H next() {
		try {
			return this.watch.next();
		}
		catch (InterruptedException ex) {
			this.watch.close();
			Thread.currentThread().interrupt();
			CancellationException cancelled = new CancellationException("Wait for the next task was interrupted");
			cancelled.initCause(ex);
			throw cancelled;
		}
	}

	@Override
	public @Nullable Spliterator<H> trySplit() {
		return null;
	}

	@Override
	public long estimateSize() {
		return this.watch.pending().size();
	}

	@Override
	public int characteristics() {
		return ORDERED | DISTINCT | NONNULL;
	}

}
