package io.asyncstarter.task;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Waits for tasks that others have started.
 */
final class Waits {

	private Waits() {
	}

	static <H> Awaited<H> await(Iterable<? extends H> handles, Until until, @Nullable Duration timeout,
			DeadlineTimer timer) throws InterruptedException {
		Assert.notNull(until, "'until' must not be null");
		try (HandleWatch<H> watch = new HandleWatch<>(handles)) {
			if (timeout != null) {
				watch.expireAfter(timeout, timer);
			}
			Set<H> done = new LinkedHashSet<>();
			boolean over = false;
			while (!over) {
				H ended = watch.next();
				over = ended == null || isEnough(until, ended);
				if (ended != null) {
					done.add(ended);
				}
			}
			for (H ended = watch.poll(); ended != null; ended = watch.poll()) {
				done.add(ended);
			}
			return new Awaited<>(done, watch.pending());
		}
	}

	private static boolean isEnough(Until until, Object ended) {
		return switch (until) {
			case FIRST_COMPLETED -> true;
			case FIRST_FAILED -> HandleWatch.isFailed(ended);
			case ALL -> false;
		};
	}

	static <H> Stream<H> asCompleted(Iterable<? extends H> handles, @Nullable Duration timeout, DeadlineTimer timer) {
		HandleWatch<H> watch = new HandleWatch<>(handles);
		return StreamSupport.stream(new CompletionSpliterator<>(watch, timer, timeout), false).onClose(watch::close);
	}

	static <T extends @Nullable Object> T withTimeout(Duration timeout, Subtask<T> subtask, DeadlineTimer timer)
			throws Exception {
		long start = timer.nanoTime();
		boolean cancelled = false;
		try (HandleWatch<Subtask<T>> watch = new HandleWatch<>(List.of(subtask))) {
			watch.expireAfter(timeout, timer);
			cancelled = watch.next() == null && subtask.cancel();
		}
		catch (InterruptedException ex) {
			subtask.cancel();
			awaitUninterruptibly(subtask);
			throw ex;
		}
		if (cancelled) {
			awaitUninterruptibly(subtask);
		}
		return switch (subtask.state()) {
			case SUCCESS -> subtask.get();
			case FAILED -> throw thrown(subtask.exception());
			default -> {
				if (cancelled) {
					throw new DeadlineExceededException(subtask.getName(), timeout,
							Duration.ofNanos(timer.nanoTime() - start), cancellation(subtask));
				}
				throw cancellation(subtask);
			}
		};
	}

	private static CancellationException cancellation(Subtask<?> subtask) {
		return new CancellationException("Subtask '%s' was cancelled".formatted(subtask.getName()));
	}

	private static void awaitUninterruptibly(Subtask<?> subtask) {
		boolean interrupted = false;
		while (subtask.state() == Subtask.State.UNAVAILABLE) {
			try (HandleWatch<Subtask<?>> watch = new HandleWatch<>(List.<Subtask<?>>of(subtask))) {
				watch.next();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Waits for a background task and returns its result, or throws what it threw.
	 */
	static <T extends @Nullable Object> T result(BackgroundTask<T> task) throws Exception {
		try {
			return task.get();
		}
		catch (ExecutionException ex) {
			throw thrown((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	private static Exception thrown(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof Exception ex) ? ex : new ExecutionException(failure);
	}

}
