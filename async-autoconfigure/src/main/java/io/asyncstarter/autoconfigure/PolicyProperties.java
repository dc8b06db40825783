package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.Name;

import io.asyncstarter.policy.BulkheadSettings;
import io.asyncstarter.policy.CircuitBreakerSettings;
import io.asyncstarter.policy.HedgeSettings;
import io.asyncstarter.policy.Jitter;
import io.asyncstarter.policy.PolicySettings;
import io.asyncstarter.policy.RetrySettings;

/**
 * Properties of one policy. A strategy that is absent is the parent's, or else there is
 * none; a part of a strategy that is absent is the parent's, or else the default of the
 * strategy's settings.
 *
 * @param parent Name of a policy whose strategies apply where this one has none.
 * @param deadline Time a whole call may take, retries and waits included. Unlimited by
 * default.
 * @param timeout Time the work of each attempt may take. Unlimited by default.
 * @param retry When an attempt is repeated.
 * @param hedge When an attempt is started beside one that takes long.
 * @param circuitBreaker When calls are refused because earlier ones went badly.
 * @param rateLimiter Name of the rate limiter that each attempt asks.
 * @param bulkhead How many calls are in flight at once.
 * @param executor Name of the executor that the work is moved to. By default it runs on
 * the caller's thread.
 * @since 0.1.0
 */
@ConfigurationPropertiesSource
public record PolicyProperties(@Name("extends") @Nullable String parent, @Positive @Nullable Duration deadline,
		@Positive @Nullable Duration timeout, @Nullable Retry retry, @Nullable Hedge hedge,
		@Nullable CircuitBreaker circuitBreaker, @Nullable String rateLimiter, @Nullable Bulkhead bulkhead,
		@Nullable String executor) {

	PolicySettings toSettings() {
		return new PolicySettings(this.deadline, this.timeout, (this.retry != null) ? this.retry.toSettings() : null,
				(this.hedge != null) ? this.hedge.toSettings() : null,
				(this.circuitBreaker != null) ? this.circuitBreaker.toSettings() : null, this.rateLimiter,
				(this.bulkhead != null) ? this.bulkhead.toSettings() : null, this.executor);
	}

	/**
	 * When an attempt is repeated.
	 *
	 * @param maxAttempts Number of attempts in all. 1 repeats nothing. 3 by default.
	 * @param backoff Wait before the second attempt. Zero for none. 100 milliseconds by
	 * default.
	 * @param multiplier Factor by which the wait grows from attempt to attempt. 2 by
	 * default.
	 * @param maxBackoff Longest wait. 30 seconds by default.
	 * @param jitter How the wait is spread at random. 'full' by default.
	 * @param budget Share of the calls that may be repeated, such as 20% or 0.2. Without
	 * limit by default.
	 * @param budgetMinimum Number of retries a second that the budget allows however few
	 * the calls are. 1 by default.
	 * @param on Exceptions to retry, their subclasses included. All but those of an open
	 * circuit breaker by default.
	 * @param onUnquoted Same as 'on', which YAML takes for 'true' unless it is quoted.
	 * @param except Exceptions never to retry, their subclasses included. Wins over 'on'.
	 * @param respectRetryAfter Whether to wait for as long as the other side asks to.
	 * True by default.
	 * @param maxRetryAfter Longest wait that is granted to the other side. 60 seconds by
	 * default.
	 */
	public record Retry(@Positive @Nullable Integer maxAttempts, @PositiveOrZero @Nullable Duration backoff,
			@AtLeast(1) @Nullable Double multiplier, @PositiveOrZero @Nullable Duration maxBackoff,
			@Nullable Jitter jitter, @Share @Nullable String budget, @PositiveOrZero @Nullable Double budgetMinimum,
			@Nullable List<Class<? extends Throwable>> on,
			@Name("true") @Nullable List<Class<? extends Throwable>> onUnquoted,
			@Nullable List<Class<? extends Throwable>> except, @Nullable Boolean respectRetryAfter,
			@PositiveOrZero @Nullable Duration maxRetryAfter) {

		/**
		 * Returns the exceptions to retry, under whichever key they stand.
		 */
		@Nullable List<Class<? extends Throwable>> retryable() {
			return (this.on != null) ? this.on : this.onUnquoted;
		}

		RetrySettings toSettings() {
			return new RetrySettings(this.maxAttempts, this.backoff, this.multiplier, this.maxBackoff, this.jitter,
					(this.budget != null) ? Shares.parse("budget", this.budget) : null, this.budgetMinimum, retryable(),
					this.except, null, this.respectRetryAfter, this.maxRetryAfter);
		}

	}

	/**
	 * When an attempt is started beside one that takes long.
	 *
	 * @param after Time the latest attempt may take before the next one is started beside
	 * it. 200 milliseconds by default.
	 * @param max Number of attempts that are started besides the first. 1 by default.
	 */
	public record Hedge(@PositiveOrZero @Nullable Duration after, @Positive @Nullable Integer max) {

		HedgeSettings toSettings() {
			return new HedgeSettings(this.after, this.max);
		}

	}

	/**
	 * When calls are refused because earlier ones went badly.
	 *
	 * @param failureRate Percentage of failures from which on the breaker opens. 50 by
	 * default.
	 * @param window Number of the latest calls that are looked at. 100 by default.
	 * @param minCalls Number of calls there must be before the rates count. 20 by
	 * default, or 'window' if that is smaller.
	 * @param openFor Time the breaker stays open before it lets calls through to see. 30
	 * seconds by default.
	 * @param halfOpenCalls Number of calls that it lets through to see. 10 by default.
	 * @param slowCall Time from which on a call is slow, waits for tokens and permits not
	 * included. 60 seconds by default.
	 * @param slowCallRate Percentage of slow calls from which on the breaker opens. 100
	 * by default.
	 * @param record Exceptions that count as failures, their subclasses included. All by
	 * default.
	 * @param ignore Exceptions that count neither as failure nor as success, their
	 * subclasses included. Wins over 'record'.
	 */
	public record CircuitBreaker(@Percentage @Nullable Float failureRate, @Positive @Nullable Integer window,
			@Positive @Nullable Integer minCalls, @Positive @Nullable Duration openFor,
			@Positive @Nullable Integer halfOpenCalls, @Positive @Nullable Duration slowCall,
			@Percentage @Nullable Float slowCallRate, @Nullable List<Class<? extends Throwable>> record,
			@Nullable List<Class<? extends Throwable>> ignore) {

		CircuitBreakerSettings toSettings() {
			return new CircuitBreakerSettings(this.failureRate, this.window, this.minCalls, this.openFor,
					this.halfOpenCalls, this.slowCall, this.slowCallRate, this.record, this.ignore);
		}

	}

	/**
	 * How many calls are in flight at once.
	 *
	 * @param maxConcurrency Greatest number of calls in flight. 25 by default.
	 * @param maxWait Time a call waits for a permit. Zero refuses at once, which is the
	 * default.
	 * @param perKey Whether to give calls with a key the permits of that key, as many for
	 * each, rather than those shared by all.
	 */
	public record Bulkhead(@Positive @Nullable Integer maxConcurrency, @PositiveOrZero @Nullable Duration maxWait,
			@Nullable Boolean perKey) {

		BulkheadSettings toSettings() {
			return new BulkheadSettings(this.maxConcurrency, this.maxWait, this.perKey);
		}

	}

}
