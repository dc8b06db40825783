package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

/**
 * Who is told how something ended that does not block. It is told once, by
 * {@code succeeded} or {@code failed}; what comes after that, or after a cancellation, is
 * ignored.
 *
 * @param <T> the type of the result
 */
interface AsyncCallback<T> {

	void succeeded(@Nullable T result);

	void failed(Throwable failure);

	/**
	 * Asks whether elements may be passed on, before the first one is. From then on there
	 * is no other attempt, since elements cannot be taken back.
	 * @return whether the one who asks is the one to pass elements on
	 */
	boolean committed();

}
