package io.asyncstarter.autoconfigure;

import java.util.Objects;

import org.apache.commons.logging.LogFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user reads whose application does not start.
 */
final class FailureAnalyses {

	private FailureAnalyses() {
	}

	/**
	 * Starts a context, which has to fail, and returns how our analyzers explain that.
	 */
	static FailureAnalysis of(ApplicationContextRunner runner) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		runner.run((context) -> {
			assertThat(context).hasFailed();
			analysis[0] = SpringFactoriesLoader.forDefaultResourceLocation()
				.load(FailureAnalyzer.class,
						SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(FailureAnalyses.class)))
				.stream()
				.filter((analyzer) -> analyzer.getClass().getName().startsWith("io.asyncstarter."))
				.map((analyzer) -> analyzer.analyze(Objects.requireNonNull(context.getStartupFailure())))
				.filter(Objects::nonNull)
				.findFirst()
				.orElseThrow(() -> new AssertionError("Not explained", context.getStartupFailure()));
		});
		return analysis[0];
	}

}
