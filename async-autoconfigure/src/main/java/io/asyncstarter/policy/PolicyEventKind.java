package io.asyncstarter.policy;

/**
 * What can happen in a policy. Each call ends in exactly one of {@link #SUCCEEDED},
 * {@link #FAILED}, {@link #DEADLINE_EXCEEDED} and {@link #CANCELLED}; the others happen
 * any number of times on the way.
 *
 * @since 0.1.0
 */
public enum PolicyEventKind {

	/**
	 * A call got a result, be it from the first attempt or a later one.
	 */
	SUCCEEDED,

	/**
	 * A call failed: with what its work threw, a timeout or a rejection. A fallback may
	 * answer in its place.
	 */
	FAILED,

	/**
	 * A call was not done when its deadline passed.
	 */
	DEADLINE_EXCEEDED,

	/**
	 * A call was given up by its caller: interrupted, or cancelled.
	 */
	CANCELLED,

	/**
	 * The work of an attempt was cancelled because it took too long.
	 */
	TIMED_OUT,

	/**
	 * The circuit breaker refused an attempt.
	 */
	REJECTED_BY_CIRCUIT_BREAKER,

	/**
	 * The rate limiter had no token for an attempt.
	 */
	REJECTED_BY_RATE_LIMITER,

	/**
	 * The bulkhead had no permit for an attempt.
	 */
	REJECTED_BY_BULKHEAD,

	/**
	 * The executor had no room for an attempt.
	 */
	REJECTED_BY_EXECUTOR,

	/**
	 * A further attempt was decided on.
	 */
	RETRIED,

	/**
	 * No attempt was left, or no time for one.
	 */
	GAVE_UP,

	/**
	 * A further attempt was refused by the retry budget.
	 */
	BUDGET_SPENT,

	/**
	 * An attempt was started beside one that took long.
	 */
	HEDGED,

	/**
	 * A fallback answered.
	 */
	FALLBACK_USED,

	/**
	 * A fallback failed itself.
	 */
	FALLBACK_FAILED,

	/**
	 * An attempt waited for a token, in vain or not.
	 */
	WAITED_FOR_RATE_LIMITER,

	/**
	 * An attempt waited for a permit, in vain or not.
	 */
	WAITED_FOR_BULKHEAD;

	/**
	 * Returns whether events of this kind tell how long was waited.
	 * @return whether they do
	 */
	public boolean isWait() {
		return this == RETRIED || this == WAITED_FOR_RATE_LIMITER || this == WAITED_FOR_BULKHEAD;
	}

}
