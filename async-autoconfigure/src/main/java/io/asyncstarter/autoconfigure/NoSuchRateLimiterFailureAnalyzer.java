package io.asyncstarter.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.asyncstarter.policy.NoSuchRateLimiterException;

/**
 * Explains a {@link NoSuchRateLimiterException} that stopped the application from
 * starting.
 */
final class NoSuchRateLimiterFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchRateLimiterException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchRateLimiterException cause) {
		return UnknownName.analyze("rate limiter", cause.getRateLimiterName(), "async.rate-limiters",
				cause.getAvailableNames(), cause);
	}

}
