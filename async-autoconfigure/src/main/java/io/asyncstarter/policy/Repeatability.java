package io.asyncstarter.policy;

/**
 * What of a call may be repeated, where that depends on the call and not on the policy
 * alone: a request that changes something, or one whose body was used up, is not to be
 * sent twice. It is asked in addition to the policy's own settings.
 * <p>
 * Implementations must not block. They are safe for use by multiple threads.
 *
 * @since 0.1.0
 * @see Policy#repeating(Repeatability)
 */
public interface Repeatability {

	/**
	 * Returns whether there may be a further attempt after one that failed. Asked before
	 * the policy's settings are, and before a retry is paid from its budget.
	 * @param failure what the attempt failed with
	 * @return whether the call may be repeated
	 */
	boolean mayRetry(Throwable failure);

	/**
	 * Returns whether an attempt may be started beside one that takes long.
	 * @return whether the call may be made twice at once
	 */
	boolean mayHedge();

}
