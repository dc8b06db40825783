package io.asyncstarter.policy;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.github.resilience4j.core.EventConsumer;
import io.github.resilience4j.core.EventProcessor;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.retry.event.RetryEvent;
import io.github.resilience4j.retry.event.RetryOnErrorEvent;
import io.github.resilience4j.retry.event.RetryOnRetryEvent;
import io.github.resilience4j.retry.event.RetryOnSuccessEvent;
import io.github.resilience4j.retry.internal.RetryImpl;
import org.jspecify.annotations.Nullable;

/**
 * What a policy's retries look like to those who know Resilience4j: its figures and
 * events under the policy's name. The policy decides on its retries itself, since
 * Resilience4j's contexts know neither deadlines nor budgets; who uses this retry
 * directly gets one of Resilience4j's, with the same limits. Safe for use by multiple
 * threads.
 */
final class PolicyRetry implements Retry {

	private final RetryImpl<Object> direct;

	private final PolicyEvents events;

	private final LongAdder succeededAfterRetry = new LongAdder();

	private final LongAdder failedAfterRetry = new LongAdder();

	private PolicyRetry(RetryImpl<Object> direct, PolicyEvents events) {
		this.direct = direct;
		this.events = events;
	}

	/**
	 * Puts the retry of a policy into a registry, in place of one that was there.
	 */
	static PolicyRetry in(RetryRegistry registry, String name, RetryConfig config, PolicyEvents events) {
		Retry placeholder = registry.retry(name, config);
		PolicyRetry retry = new PolicyRetry(new RetryImpl<>(name, config, placeholder.getTags()), events);
		registry.replace(name, retry);
		return retry;
	}

	void retrying(int attempts, @Nullable Throwable failure, long nanos) {
		publish(() -> new RetryOnRetryEvent(getName(), attempts, failure, nanos / 1_000_000));
	}

	void succeeded(int attempts) {
		this.succeededAfterRetry.increment();
		publish(() -> new RetryOnSuccessEvent(getName(), attempts - 1, null));
	}

	void failed(int attempts, @Nullable Throwable failure) {
		if (attempts > 1) {
			this.failedAfterRetry.increment();
		}
		publish(() -> new RetryOnErrorEvent(getName(), attempts, failure));
	}

	@SuppressWarnings("unchecked") // RetryImpl's publisher is a consumer of all its
									// events
	private void publish(Supplier<RetryEvent> event) {
		if (this.direct.getEventPublisher() instanceof EventConsumer<?> consumer
				&& this.direct.getEventPublisher() instanceof EventProcessor<?> processor && processor.hasConsumers()) {
			((EventConsumer<RetryEvent>) consumer).consumeEvent(event.get());
		}
	}

	@Override
	public String getName() {
		return this.direct.getName();
	}

	@Override
	@SuppressWarnings("unchecked") // declared raw
	public <T> Context<T> context() {
		return this.direct.context();
	}

	@Override
	@SuppressWarnings("unchecked") // declared raw
	public <T> AsyncContext<T> asyncContext() {
		return this.direct.asyncContext();
	}

	@Override
	public RetryConfig getRetryConfig() {
		return this.direct.getRetryConfig();
	}

	@Override
	public Map<String, String> getTags() {
		return this.direct.getTags();
	}

	@Override
	public EventPublisher getEventPublisher() {
		return this.direct.getEventPublisher();
	}

	@Override
	public Metrics getMetrics() {
		return new RetryFigures();
	}

	/**
	 * The figures of the policy and of direct use together.
	 */
	private final class RetryFigures implements Metrics {

		private final Metrics direct = PolicyRetry.this.direct.getMetrics();

		@Override
		public long getNumberOfSuccessfulCallsWithoutRetryAttempt() {
			long first = PolicyRetry.this.events.count(PolicyEventKind.SUCCEEDED)
					- PolicyRetry.this.succeededAfterRetry.sum();
			return this.direct.getNumberOfSuccessfulCallsWithoutRetryAttempt() + Math.max(0, first);
		}

		@Override
		public long getNumberOfFailedCallsWithoutRetryAttempt() {
			long failed = PolicyRetry.this.events.calls() - PolicyRetry.this.events.count(PolicyEventKind.SUCCEEDED);
			return this.direct.getNumberOfFailedCallsWithoutRetryAttempt()
					+ Math.max(0, failed - PolicyRetry.this.failedAfterRetry.sum());
		}

		@Override
		public long getNumberOfSuccessfulCallsWithRetryAttempt() {
			return this.direct.getNumberOfSuccessfulCallsWithRetryAttempt()
					+ PolicyRetry.this.succeededAfterRetry.sum();
		}

		@Override
		public long getNumberOfFailedCallsWithRetryAttempt() {
			return this.direct.getNumberOfFailedCallsWithRetryAttempt() + PolicyRetry.this.failedAfterRetry.sum();
		}

		@Override
		public long getNumberOfTotalCalls() {
			return getNumberOfSuccessfulCallsWithoutRetryAttempt() + getNumberOfFailedCallsWithoutRetryAttempt()
					+ getNumberOfSuccessfulCallsWithRetryAttempt() + getNumberOfFailedCallsWithRetryAttempt();
		}

	}

}
