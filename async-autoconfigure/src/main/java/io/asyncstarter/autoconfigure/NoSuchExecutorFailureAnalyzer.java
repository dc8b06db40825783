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
		String name = cause.getExecutorName();
		String suggestion = NearestName.of(name, cause.getAvailableNames())
			.map((nearest) -> "Did you mean '%s'? Otherwise configure".formatted(nearest))
			.orElse("Configure");
		return new FailureAnalysis("There is no executor named '%s'.".formatted(name),
				"%s an executor of this name under 'async.executors.%s'. Configured executors: %s."
					.formatted(suggestion, name, String.join(", ", cause.getAvailableNames())),
				cause);
	}

}
