package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * What came of work that was given a deadline and asked to be quiet about it: it
 * {@link Completed completed} or it {@link Expired expired}. Failures of the work itself
 * are not outcomes; they are thrown.
 *
 * @param <T> the type of the result
 * @since 0.1.0
 */
public sealed interface DeadlineOutcome<T extends @Nullable Object> {

	/**
	 * Returns whether the work was cut short by its deadline.
	 * @return {@code true} if there is no result
	 */
	boolean isExpired();

	/**
	 * Returns the result, or the given value if the work was cut short.
	 * @param other the value to use in place of a result
	 * @return the result or the given value
	 */
	T orElse(T other);

	/**
	 * Returns the result, or raises what the loud variant would have raised.
	 * @return the result
	 * @throws DeadlineExceededException if the work was cut short
	 */
	T orElseThrow();

	/**
	 * The work returned, be it before its deadline or in spite of it.
	 *
	 * @param <T> the type of the result
	 * @param value what the work returned
	 */
	record Completed<T extends @Nullable Object>(T value) implements DeadlineOutcome<T> {

		@Override
		public boolean isExpired() {
			return false;
		}

		@Override
		public T orElse(T other) {
			return this.value;
		}

		@Override
		public T orElseThrow() {
			return this.value;
		}

	}

	/**
	 * The work was interrupted by its deadline and gave up.
	 *
	 * @param <T> the type of the result
	 * @param exception what the loud variant would have raised
	 */
	record Expired<T extends @Nullable Object>(DeadlineExceededException exception) implements DeadlineOutcome<T> {

		@Override
		public boolean isExpired() {
			return true;
		}

		@Override
		public T orElse(T other) {
			return other;
		}

		@Override
		public T orElseThrow() {
			throw this.exception;
		}

	}

}
