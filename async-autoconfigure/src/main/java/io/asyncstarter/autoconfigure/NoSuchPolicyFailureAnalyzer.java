package io.asyncstarter.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.asyncstarter.policy.NoSuchPolicyException;

/**
 * Explains a {@link NoSuchPolicyException} that stopped the application from starting.
 */
final class NoSuchPolicyFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchPolicyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchPolicyException cause) {
		return UnknownName.analyze("policy", cause.getPolicyName(), "async.policies", cause.getAvailableNames(), cause);
	}

}
