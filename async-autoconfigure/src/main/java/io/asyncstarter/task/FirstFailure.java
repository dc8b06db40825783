package io.asyncstarter.task;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Tells which of a group's failures came first, for verbs that raise one failure as it is
 * instead of all in a {@link TaskGroupException}.
 */
final class FirstFailure {

	/*
	 * Work may throw one and the same exception for ever. It must not collect the others.
	 */
	private static final int MOST_SUPPRESSED = 16;

	private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

	/**
	 * Wraps work so that its failure is noticed.
	 */
	<T extends @Nullable Object> Callable<T> watch(Callable<? extends T> work) {
		return () -> {
			try {
				return work.call();
			}
			catch (Throwable ex) {
				this.first.compareAndSet(null, ex);
				throw ex;
			}
		};
	}

	/**
	 * Returns the failure that came first, with the others suppressed in it.
	 * @param exception what the group has raised
	 * @return what is to be thrown
	 */
	Exception of(TaskGroupException exception) {
		Throwable first = this.first.get();
		Throwable chosen = exception.failures().get(0);
		for (Throwable failure : exception.failures()) {
			if (isSame(failure, first)) {
				chosen = failure;
			}
		}
		for (Throwable failure : exception.failures()) {
			if (!isSame(failure, chosen) && chosen.getSuppressed().length < MOST_SUPPRESSED) {
				chosen.addSuppressed(failure);
			}
		}
		if (chosen instanceof Error error) {
			throw error;
		}
		return (chosen instanceof Exception ex) ? ex : exception;
	}

	@SuppressWarnings("ReferenceEquality") // exceptions may be equal to others
	private static boolean isSame(Throwable failure, @Nullable Throwable other) {
		return failure == other;
	}

}
