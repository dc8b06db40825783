package io.asyncstarter.policy;

import java.time.Duration;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;

/**
 * The strategies of a policy, all names resolved; an absent one is {@code null}. Safe for
 * use by multiple threads.
 */
final class Pipeline {

	final String name;

	final DeadlineTimer timer;

	final PolicyEvents events;

	final @Nullable RetryStrategy retry;

	final long hedgeAfterNanos;

	/**
	 * How many attempts are started besides the first; zero without hedging.
	 */
	final int hedgeMax;

	final @Nullable CircuitBreaker breaker;

	final @Nullable RateLimiter limiter;

	final @Nullable FairBulkhead bulkhead;

	final @Nullable BoundedExecutor executor;

	final @Nullable ObservedCalls observed;

	volatile @Nullable Duration deadline;

	volatile @Nullable Duration timeout;

	Pipeline(String name, PolicySettings settings, PolicyEnvironment environment, PolicyEvents events) {
		this.name = name;
		this.timer = environment.timer();
		this.events = events;
		WorkObserver observer = environment.observer();
		this.observed = (observer != null) ? new ObservedCalls(observer, name) : null;
		this.deadline = settings.deadline();
		this.timeout = settings.timeout();
		// What may fail for a wrong name comes first, so that nothing is registered then.
		this.limiter = (settings.rateLimiter() != null) ? environment.rateLimiters().get(settings.rateLimiter()) : null;
		this.executor = (settings.executor() != null) ? environment.executors().get(settings.executor()) : null;
		this.bulkhead = (settings.bulkhead() != null)
				? FairBulkhead.in(environment.bulkheads(), name, settings.bulkhead(), this.timer) : null;
		this.breaker = (settings.circuitBreaker() != null)
				? CircuitBreakers.in(environment.circuitBreakers(), name, settings.circuitBreaker(), this.timer) : null;
		this.retry = (settings.retry() != null) ? new RetryStrategy(name, settings.retry(), environment, events) : null;
		HedgeSettings hedge = (settings.hedge() != null) ? settings.hedge().withParent(HedgeSettings.DEFAULTS) : null;
		this.hedgeMax = (hedge != null) ? Settings.decided(hedge.max()) : 0;
		this.hedgeAfterNanos = (hedge != null) ? Settings.nanos(Settings.decided(hedge.after())) : 0;
	}

	boolean isHedged(@Nullable Repeatability repeatability) {
		return this.hedgeMax > 0 && (repeatability == null || repeatability.mayHedge());
	}

	void giveBack(@Nullable Gate permit) {
		if (permit != null) {
			permit.leave();
			if (this.bulkhead != null) {
				this.bulkhead.finished();
			}
		}
	}

	CircuitBreakerOpenException refusedByBreaker(CircuitBreaker breaker, int attempt) {
		CircuitBreakerOpenException refusal = new CircuitBreakerOpenException(this.name, breaker);
		this.events.happened(PolicyEventKind.REJECTED_BY_CIRCUIT_BREAKER, attempt, refusal);
		return refusal;
	}

	RateLimitExceededException refusedByLimiter(RateLimiter limiter, @Nullable Object key, TokenGate gate,
			int attempt) {
		RateLimitExceededException refusal = limiter.exceeded(this.name, key, gate);
		this.events.happened(PolicyEventKind.REJECTED_BY_RATE_LIMITER, attempt, refusal);
		return refusal;
	}

	BulkheadFullException refusedByBulkhead(FairBulkhead bulkhead, int attempt) {
		BulkheadFullException refusal = new BulkheadFullException(this.name, bulkhead.getMaxConcurrency(),
				bulkhead.getMaxWait());
		bulkhead.rejected();
		this.events.happened(PolicyEventKind.REJECTED_BY_BULKHEAD, attempt, refusal);
		return refusal;
	}

	AttemptTimeoutException timedOut(Duration timeout, int attempt, @Nullable Throwable cause) {
		AttemptTimeoutException failure = new AttemptTimeoutException(this.name, timeout, cause);
		this.events.happened(PolicyEventKind.TIMED_OUT, attempt, failure);
		return failure;
	}

	/**
	 * Counts how a call ended that did not succeed.
	 */
	void ended(Throwable failure) {
		if (failure instanceof DeadlineExceededException exceeded && exceeded.getScopeName().equals(this.name)) {
			this.events.happened(PolicyEventKind.DEADLINE_EXCEEDED, 0, failure);
		}
		else if (Cancellations.isCancellation(failure)) {
			this.events.happened(PolicyEventKind.CANCELLED, 0, failure);
		}
		else {
			this.events.happened(PolicyEventKind.FAILED, 0, failure);
		}
	}

	static boolean isRecoverable(Throwable failure) {
		return failure instanceof Exception && !Cancellations.isCancellation(failure);
	}

}
