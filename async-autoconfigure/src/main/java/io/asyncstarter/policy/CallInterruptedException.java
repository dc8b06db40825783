package io.asyncstarter.policy;

import java.util.concurrent.CancellationException;

/**
 * Thrown in place of an {@link InterruptedException}, which is its cause, by a method
 * that bears {@link ApplyPolicy @ApplyPolicy} and does not declare that one. The thread's
 * interrupt flag is set.
 *
 * @since 0.1.0
 */
public final class CallInterruptedException extends CancellationException {

	private final String policyName;

	CallInterruptedException(String policyName, InterruptedException cause) {
		super("A call through policy '%s' was interrupted".formatted(policyName));
		this.policyName = policyName;
		initCause(cause);
	}

	/**
	 * Returns the name of the policy.
	 * @return the name
	 */
	public String getPolicyName() {
		return this.policyName;
	}

}
