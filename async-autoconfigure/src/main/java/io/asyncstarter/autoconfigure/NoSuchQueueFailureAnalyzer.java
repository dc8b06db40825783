package io.asyncstarter.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.asyncstarter.queue.NoSuchQueueException;

/**
 * Explains a {@link NoSuchQueueException} that stopped the application from starting.
 */
final class NoSuchQueueFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchQueueException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchQueueException cause) {
		return UnknownName.analyze("queue", cause.getQueueName(), QueueCheck.QUEUES, cause.getAvailableNames(), cause);
	}

}
