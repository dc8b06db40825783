package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

/**
 * Answers in place of a call that failed. It is outside of everything else of the policy:
 * past the deadline, without permit and token.
 * <p>
 * It is asked of every {@link Exception}, rejections, timeouts and deadlines included,
 * but not of a cancellation or an interrupt. What it throws is thrown to the caller, with
 * the failure of the call among the suppressed.
 *
 * @param <T> the type of the answer
 * @since 0.1.0
 */
@FunctionalInterface
public interface Recovery<T extends @Nullable Object> {

	/**
	 * Answers. Called on the thread that saw the call fail, which for calls that do not
	 * block may be an event loop's.
	 * @param failure what the call failed with
	 * @return the answer
	 * @throws Exception if there is none. To throw the failure itself is to have nothing
	 * to say, and does not count as a failure of the fallback
	 */
	T recover(Throwable failure) throws Exception;

}
