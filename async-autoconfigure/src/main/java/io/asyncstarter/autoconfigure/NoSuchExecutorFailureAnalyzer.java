package io.asyncstarter.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.asyncstarter.executor.NoSuchExecutorException;

/**
 * Explains a {@link NoSuchExecutorException} that stopped the application from starting.
 */
final class NoSuchExecutorFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchExecutorException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchExecutorException cause) {
		return UnknownName.analyze("executor", cause.getExecutorName(), "async.executors", cause.getAvailableNames(),
				cause);
	}

}
