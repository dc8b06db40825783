package io.asyncstarter.task;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.lang.CheckReturnValue;
import org.springframework.util.Assert;

/**
 * What came of a task that has ended: it {@link Success succeeded}, it {@link Failure
 * failed} or it was {@link Cancelled cancelled}. The result cannot be had without saying
 * what is to happen if there is none: by {@code switch}, or by one of the methods.
 * <p>
 * Instances are immutable.
 *
 * @param <T> the type of the result
 * @since 0.1.0
 */
public sealed interface Outcome<T extends @Nullable Object> {

	/**
	 * Does work on the calling thread and returns what came of it.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the outcome: of a {@link CancellationException} cancelled, of another
	 * {@link Exception} failed
	 * @throws InterruptedException if the thread was interrupted, which speaks of the
	 * caller and not of the work
	 */
	@CheckReturnValue
	static <T extends @Nullable Object> Outcome<T> of(Callable<? extends T> work) throws InterruptedException {
		Assert.notNull(work, "'work' must not be null");
		try {
			return new Success<>(work.call());
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception ex) {
			return failed(ex);
		}
	}

	/**
	 * Returns the outcome of a task that ended by an exception.
	 * @param <T> the type of the result
	 * @param exception what the task threw
	 * @return cancelled if it is a {@link CancellationException}, or else failed
	 */
	@CheckReturnValue
	static <T extends @Nullable Object> Outcome<T> failed(Throwable exception) {
		return (exception instanceof CancellationException cancellation) ? new Cancelled<>(cancellation)
				: new Failure<>(exception);
	}

	/**
	 * Returns whether there is a result.
	 * @return whether the task succeeded
	 */
	@CheckReturnValue
	boolean isSuccess();

	/**
	 * Returns what the task failed with.
	 * @return the exception, a {@link CancellationException} if the task was cancelled,
	 * or empty if it succeeded
	 */
	@CheckReturnValue
	default Optional<Throwable> failure() {
		return this.<Optional<Throwable>>fold((value) -> Optional.empty(), Optional::of);
	}

	/**
	 * Makes one value of either kind of outcome.
	 * @param <R> the type of the value
	 * @param success makes the value of the result
	 * @param failure makes the value of what the task failed with, which is a
	 * {@link CancellationException} if it was cancelled
	 * @return the value
	 */
	<R extends @Nullable Object> R fold(Function<? super T, ? extends R> success,
			Function<? super Throwable, ? extends R> failure);

	/**
	 * Returns this outcome with another result, if there is one.
	 * @param <R> the type of the new result
	 * @param mapper makes the new result; what it throws is thrown here
	 * @return the outcome
	 */
	@CheckReturnValue
	<R extends @Nullable Object> Outcome<R> map(Function<? super T, ? extends R> mapper);

	/**
	 * Returns the result, or another value if there is none.
	 * @param other the other value
	 * @return the result or the other value
	 */
	@CheckReturnValue
	default T orElse(T other) {
		return fold((value) -> value, (failure) -> other);
	}

	/**
	 * Returns the result, or throws what the task threw.
	 * @return the result
	 * @throws CompletionException with the exception as its cause, if that is a checked
	 * one
	 * @throws CancellationException if the task was cancelled
	 */
	default T orElseThrow() {
		return this.<RuntimeException>orElseThrow((failure) -> {
			if (failure instanceof Error error) {
				throw error;
			}
			return (failure instanceof RuntimeException unchecked) ? unchecked : new CompletionException(failure);
		});
	}

	/**
	 * Returns the result, or throws.
	 * @param <X> the type of the exception
	 * @param exception makes the exception of what the task failed with, which is a
	 * {@link CancellationException} if it was cancelled
	 * @return the result
	 * @throws X if there is no result
	 */
	<X extends Throwable> T orElseThrow(Function<? super Throwable, ? extends X> exception) throws X;

	/**
	 * The task returned.
	 *
	 * @param <T> the type of the result
	 * @param value what the task returned
	 */
	record Success<T extends @Nullable Object>(T value) implements Outcome<T> {

		@Override
		public boolean isSuccess() {
			return true;
		}

		@Override
		public <R extends @Nullable Object> R fold(Function<? super T, ? extends R> success,
				Function<? super Throwable, ? extends R> failure) {
			return success.apply(this.value);
		}

		@Override
		public <R extends @Nullable Object> Outcome<R> map(Function<? super T, ? extends R> mapper) {
			return new Success<>(mapper.apply(this.value));
		}

		@Override
		public <X extends Throwable> T orElseThrow(Function<? super Throwable, ? extends X> exception) {
			return this.value;
		}

	}

	/**
	 * The task failed.
	 *
	 * @param <T> the type of the result
	 * @param exception what the task threw
	 */
	record Failure<T extends @Nullable Object>(Throwable exception) implements Outcome<T> {

		public Failure {
			Assert.notNull(exception, "'exception' must not be null");
		}

		@Override
		public boolean isSuccess() {
			return false;
		}

		@Override
		public <R extends @Nullable Object> R fold(Function<? super T, ? extends R> success,
				Function<? super Throwable, ? extends R> failure) {
			return failure.apply(this.exception);
		}

		@Override
		public <R extends @Nullable Object> Outcome<R> map(Function<? super T, ? extends R> mapper) {
			return new Failure<>(this.exception);
		}

		@Override
		public <X extends Throwable> T orElseThrow(Function<? super Throwable, ? extends X> exception) throws X {
			throw exception.apply(this.exception);
		}

	}

	/**
	 * The task was cancelled, which is no failure of its own.
	 *
	 * @param <T> the type of the result
	 * @param exception says so
	 */
	record Cancelled<T extends @Nullable Object>(CancellationException exception) implements Outcome<T> {

		public Cancelled {
			Assert.notNull(exception, "'exception' must not be null");
		}

		@Override
		public boolean isSuccess() {
			return false;
		}

		@Override
		public <R extends @Nullable Object> R fold(Function<? super T, ? extends R> success,
				Function<? super Throwable, ? extends R> failure) {
			return failure.apply(this.exception);
		}

		@Override
		public <R extends @Nullable Object> Outcome<R> map(Function<? super T, ? extends R> mapper) {
			return new Cancelled<>(this.exception);
		}

		@Override
		public <X extends Throwable> T orElseThrow(Function<? super Throwable, ? extends X> exception) throws X {
			throw exception.apply(this.exception);
		}

	}

}
