package io.asyncstarter.policy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

import io.github.resilience4j.retry.RetryConfig;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;

/**
 * Decides whether there is a further attempt, and when. Safe for use by multiple threads.
 */
final class RetryStrategy {

	/**
	 * There is no further attempt.
	 */
	static final long STOP = -1;

	private final int maxAttempts;

	private final long backoffNanos;

	private final double multiplier;

	private final long maxBackoffNanos;

	private final Jitter jitter;

	private final List<Class<? extends Throwable>> on;

	private final List<Class<? extends Throwable>> except;

	private final @Nullable Predicate<@Nullable Object> onResult;

	private final List<RetryAfterExtractor> extractors;

	private final long maxRetryAfterNanos;

	private final @Nullable RetryBudget budget;

	private final @Nullable RandomGenerator random;

	private final PolicyEvents events;

	private final PolicyRetry view;

	RetryStrategy(String name, RetrySettings settings, PolicyEnvironment environment, PolicyEvents events) {
		this.maxAttempts = Settings.orDefault(settings.maxAttempts(), 3);
		this.backoffNanos = Settings.nanos(Settings.orDefault(settings.backoff(), Duration.ofMillis(100)));
		this.multiplier = Settings.orDefault(settings.multiplier(), 2.0);
		this.maxBackoffNanos = Settings.nanos(Settings.orDefault(settings.maxBackoff(), Duration.ofSeconds(30)));
		this.jitter = Settings.orDefault(settings.jitter(), Jitter.FULL);
		this.on = Settings.orDefault(settings.on(), List.of());
		this.except = Settings.orDefault(settings.except(), List.of());
		this.onResult = settings.onResult();
		this.extractors = Settings.orDefault(settings.respectRetryAfter(), true) ? environment.retryAfterExtractors()
				: List.of();
		this.maxRetryAfterNanos = Settings.nanos(Settings.orDefault(settings.maxRetryAfter(), Duration.ofSeconds(60)));
		this.budget = (settings.budget() != null) ? new RetryBudget(settings.budget(),
				Settings.orDefault(settings.budgetMinimum(), 1.0), events::calls, environment.timer()) : null;
		this.random = environment.random();
		this.events = events;
		this.view = PolicyRetry.in(environment.retries(), name, config(), events);
	}

	private RetryConfig config() {
		RetryConfig.Builder<@Nullable Object> config = RetryConfig.<@Nullable Object>custom()
			.maxAttempts(this.maxAttempts)
			.intervalFunction((attempt) -> Math.max(1, delay(attempt, null) / 1_000_000))
			.retryOnException(this::isRetryable);
		if (this.onResult != null) {
			config.retryOnResult(this.onResult);
		}
		return config.build();
	}

	PolicyRetry view() {
		return this.view;
	}

	@Nullable RetryBudget budget() {
		return this.budget;
	}

	int maxAttempts() {
		return this.maxAttempts;
	}

	boolean isUnwanted(@Nullable Object result) {
		return this.onResult != null && this.onResult.test(result);
	}

	boolean isRetryable(Throwable failure) {
		if (Cancellations.isCancellation(failure) || isAny(this.except, failure)) {
			return false;
		}
		if (failure instanceof CircuitBreakerOpenException) {
			return this.on.stream().anyMatch(PolicyException.class::isAssignableFrom) && isAny(this.on, failure);
		}
		return (this.on.isEmpty()) ? failure instanceof Exception : isAny(this.on, failure);
	}

	private static boolean isAny(List<Class<? extends Throwable>> types, Throwable failure) {
		for (Class<? extends Throwable> type : types) {
			if (type.isInstance(failure)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Decides what follows an attempt that failed or had an unwanted result.
	 * @param attempt the number of the attempt, from 1 on
	 * @param failure what it failed with, or {@code null} if it had a result
	 * @param deadline the deadline of the call
	 * @return the nanoseconds until the next attempt, or {@link #STOP}
	 */
	long next(int attempt, @Nullable Throwable failure, Deadline deadline) {
		long delay = (failure == null || isRetryable(failure)) ? decide(attempt, failure, deadline) : STOP;
		if (delay >= 0) {
			this.view.retrying(attempt, failure, delay);
			this.events.waited(PolicyEventKind.RETRIED, attempt, delay, failure);
		}
		else {
			this.view.failed(attempt, failure);
		}
		return delay;
	}

	private long decide(int attempt, @Nullable Throwable failure, Deadline deadline) {
		if (attempt >= this.maxAttempts) {
			this.events.happened(PolicyEventKind.GAVE_UP, attempt, failure);
			return STOP;
		}
		long delay = delay(attempt, failure);
		if (!deadline.isUnbounded() && deadline.remainingNanos() <= delay) {
			this.events.happened(PolicyEventKind.GAVE_UP, attempt, failure);
			return STOP;
		}
		if (this.budget != null && !this.budget.tryWithdraw()) {
			this.events.happened(PolicyEventKind.BUDGET_SPENT, attempt, failure);
			return STOP;
		}
		return delay;
	}

	void succeeded(int attempt) {
		if (attempt > 1) {
			this.view.succeeded(attempt);
		}
	}

	private long delay(int attempt, @Nullable Throwable failure) {
		if (failure != null) {
			for (RetryAfterExtractor extractor : this.extractors) {
				Duration told = extractor.retryAfter(failure);
				if (told != null) {
					return Math.max(0, Math.min(Settings.nanos(told), this.maxRetryAfterNanos));
				}
			}
		}
		double grown = this.backoffNanos * Math.pow(this.multiplier, attempt - 1);
		return this.jitter.apply((long) Math.min(grown, (double) this.maxBackoffNanos), random());
	}

	private RandomGenerator random() {
		return (this.random != null) ? this.random : ThreadLocalRandom.current();
	}

}
