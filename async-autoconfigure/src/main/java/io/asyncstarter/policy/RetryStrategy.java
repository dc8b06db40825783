package io.asyncstarter.policy;

import java.time.Duration;
import java.util.ArrayList;
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

	RetryStrategy(String name, RetrySettings own, PolicyEnvironment environment, PolicyEvents events) {
		RetrySettings settings = own.withParent(RetrySettings.DEFAULTS);
		this.maxAttempts = Settings.decided(settings.maxAttempts());
		this.backoffNanos = Settings.nanos(Settings.decided(settings.backoff()));
		this.multiplier = Settings.decided(settings.multiplier());
		this.maxBackoffNanos = Settings.nanos(Settings.decided(settings.maxBackoff()));
		this.jitter = Settings.decided(settings.jitter());
		this.on = Settings.decided(settings.on());
		this.except = Settings.decided(settings.except());
		this.onResult = settings.onResult();
		this.extractors = Settings.decided(settings.respectRetryAfter()) ? extractors(environment) : List.of();
		this.maxRetryAfterNanos = Settings.nanos(Settings.decided(settings.maxRetryAfter()));
		this.budget = (settings.budget() != null) ? new RetryBudget(settings.budget(),
				Settings.decided(settings.budgetMinimum()), events::calls, environment.timer()) : null;
		this.random = environment.random();
		this.events = events;
		this.view = PolicyRetry.in(environment.retries(), name, config(), events);
	}

	private static List<RetryAfterExtractor> extractors(PolicyEnvironment environment) {
		List<RetryAfterExtractor> extractors = new ArrayList<>();
		extractors.add((failure) -> (failure instanceof RetryAfter told) ? told.getRetryAfter().orElse(null) : null);
		extractors.addAll(environment.retryAfterExtractors());
		return List.copyOf(extractors);
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

	long next(int attempt, @Nullable Throwable failure, Deadline deadline) {
		return next(attempt, failure, deadline, null);
	}

	/**
	 * Decides what follows an attempt that failed or had an unwanted result.
	 * @param attempt the number of the attempt, from 1 on
	 * @param failure what it failed with, or {@code null} if it had a result
	 * @param deadline the deadline of the call
	 * @param repeatability what of the call may be repeated, or {@code null} for all
	 * @return the nanoseconds until the next attempt, or {@link #STOP}
	 */
	long next(int attempt, @Nullable Throwable failure, Deadline deadline, @Nullable Repeatability repeatability) {
		boolean retryable = failure == null
				|| ((repeatability == null || repeatability.mayRetry(failure)) && isRetryable(failure));
		long delay = (retryable) ? decide(attempt, failure, deadline) : STOP;
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
