package io.asyncstarter.policy;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * When, how often and how soon a failed attempt is repeated. A component that is
 * {@code null} is not decided here: by a parent, or else by its default.
 *
 * @param maxAttempts how many attempts there are in all, at least 1 (default 3)
 * @param backoff the wait before the second attempt; zero for none (default 100 ms)
 * @param multiplier what the wait is multiplied by from attempt to attempt, at least 1
 * (default 2)
 * @param maxBackoff the longest wait (default 30 s)
 * @param jitter how the wait is spread (default {@link Jitter#FULL})
 * @param budget the share of the calls that may be retried, from 0 to 1, where 0.2 lets
 * one call in five be; see {@link RetryBudget} (default no budget)
 * @param budgetMinimum how many retries a second the budget allows however few the calls
 * are, zero or more (default 1)
 * @param on the exceptions to retry, their subclasses included; empty for every
 * {@link Exception} except a {@link CircuitBreakerOpenException} (default empty)
 * @param except the exceptions never to retry, which wins over {@code on} (default empty)
 * @param onResult tells of a result that it is to be retried; when there is no further
 * attempt, it is returned as it is. Not asked of a {@code Flux} (default none)
 * @param respectRetryAfter whether the {@link RetryAfterExtractor}s are asked (default
 * true)
 * @param maxRetryAfter the longest wait that is granted to the other side (default 60 s)
 * @since 0.1.0
 */
public record RetrySettings(@Nullable Integer maxAttempts, @Nullable Duration backoff, @Nullable Double multiplier,
		@Nullable Duration maxBackoff, @Nullable Jitter jitter, @Nullable Double budget, @Nullable Double budgetMinimum,
		@Nullable List<Class<? extends Throwable>> on, @Nullable List<Class<? extends Throwable>> except,
		@Nullable Predicate<@Nullable Object> onResult, @Nullable Boolean respectRetryAfter,
		@Nullable Duration maxRetryAfter) {

	/**
	 * What applies where nobody decides. There is no budget and no test of results.
	 */
	public static final RetrySettings DEFAULTS = new RetrySettings(3, Duration.ofMillis(100), 2.0,
			Duration.ofSeconds(30), Jitter.FULL, null, 1.0, List.of(), List.of(), null, true, Duration.ofSeconds(60));

	public RetrySettings {
		Assert.isTrue(maxAttempts == null || maxAttempts >= 1,
				() -> "'maxAttempts' must be at least 1 but was %d".formatted(maxAttempts));
		Settings.requireNotNegative("backoff", backoff);
		Assert.isTrue(multiplier == null || multiplier >= 1,
				() -> "'multiplier' must be at least 1 but was %s".formatted(multiplier));
		Settings.requireNotNegative("maxBackoff", maxBackoff);
		Assert.isTrue(budget == null || (budget >= 0 && budget <= 1),
				() -> "'budget' must be from 0 to 1 but was %s".formatted(budget));
		Assert.isTrue(budgetMinimum == null || budgetMinimum >= 0,
				() -> "'budgetMinimum' must not be negative but was %s".formatted(budgetMinimum));
		Settings.requireNotNegative("maxRetryAfter", maxRetryAfter);
		on = (on != null) ? List.copyOf(on) : null;
		except = (except != null) ? List.copyOf(except) : null;
	}

	/**
	 * Starts to describe retries.
	 * @return a builder that has decided nothing
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns these settings, completed by those of a parent.
	 * @param parent the parent, or {@code null} for none
	 * @return what is decided here, and what is decided there for the rest
	 */
	public RetrySettings withParent(@Nullable RetrySettings parent) {
		if (parent == null) {
			return this;
		}
		return new RetrySettings(Settings.first(this.maxAttempts, parent.maxAttempts),
				Settings.first(this.backoff, parent.backoff), Settings.first(this.multiplier, parent.multiplier),
				Settings.first(this.maxBackoff, parent.maxBackoff), Settings.first(this.jitter, parent.jitter),
				Settings.first(this.budget, parent.budget), Settings.first(this.budgetMinimum, parent.budgetMinimum),
				Settings.first(this.on, parent.on), Settings.first(this.except, parent.except),
				Settings.first(this.onResult, parent.onResult),
				Settings.first(this.respectRetryAfter, parent.respectRetryAfter),
				Settings.first(this.maxRetryAfter, parent.maxRetryAfter));
	}

	/**
	 * Builds {@link RetrySettings}. Instances are not safe for use by multiple threads.
	 */
	public static final class Builder {

		private @Nullable Integer maxAttempts;

		private @Nullable Duration backoff;

		private @Nullable Double multiplier;

		private @Nullable Duration maxBackoff;

		private @Nullable Jitter jitter;

		private @Nullable Double budget;

		private @Nullable Double budgetMinimum;

		private @Nullable List<Class<? extends Throwable>> on;

		private @Nullable List<Class<? extends Throwable>> except;

		private @Nullable Predicate<@Nullable Object> onResult;

		private @Nullable Boolean respectRetryAfter;

		private @Nullable Duration maxRetryAfter;

		Builder() {
		}

		/**
		 * Sets how many attempts there are in all.
		 * @param maxAttempts the number, at least 1
		 * @return this builder
		 */
		public Builder maxAttempts(int maxAttempts) {
			this.maxAttempts = maxAttempts;
			return this;
		}

		/**
		 * Sets the wait before the second attempt.
		 * @param backoff the wait; zero for none
		 * @return this builder
		 */
		public Builder backoff(Duration backoff) {
			this.backoff = backoff;
			return this;
		}

		/**
		 * Sets what the wait is multiplied by from attempt to attempt.
		 * @param multiplier the factor, at least 1
		 * @return this builder
		 */
		public Builder multiplier(double multiplier) {
			this.multiplier = multiplier;
			return this;
		}

		/**
		 * Sets the longest wait.
		 * @param maxBackoff the wait
		 * @return this builder
		 */
		public Builder maxBackoff(Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
			return this;
		}

		/**
		 * Sets how the wait is spread.
		 * @param jitter the jitter
		 * @return this builder
		 */
		public Builder jitter(Jitter jitter) {
			this.jitter = jitter;
			return this;
		}

		/**
		 * Sets the share of the calls that may be retried.
		 * @param budget the share, from 0 to 1
		 * @return this builder
		 */
		public Builder budget(double budget) {
			this.budget = budget;
			return this;
		}

		/**
		 * Sets how many retries a second the budget allows however few the calls are.
		 * @param budgetMinimum the rate, zero or more
		 * @return this builder
		 */
		public Builder budgetMinimum(double budgetMinimum) {
			this.budgetMinimum = budgetMinimum;
			return this;
		}

		/**
		 * Sets the exceptions to retry.
		 * @param on the classes, subclasses included
		 * @return this builder
		 */
		@SafeVarargs
		@SuppressWarnings("varargs") // only read
		public final Builder on(Class<? extends Throwable>... on) {
			this.on = List.of(on);
			return this;
		}

		/**
		 * Sets the exceptions never to retry.
		 * @param except the classes, subclasses included
		 * @return this builder
		 */
		@SafeVarargs
		@SuppressWarnings("varargs") // only read
		public final Builder except(Class<? extends Throwable>... except) {
			this.except = List.of(except);
			return this;
		}

		/**
		 * Sets which results are to be retried.
		 * @param onResult the test of a result
		 * @return this builder
		 */
		public Builder onResult(Predicate<@Nullable Object> onResult) {
			this.onResult = onResult;
			return this;
		}

		/**
		 * Sets whether a wait that the other side asks for is granted.
		 * @param respectRetryAfter whether it is
		 * @return this builder
		 */
		public Builder respectRetryAfter(boolean respectRetryAfter) {
			this.respectRetryAfter = respectRetryAfter;
			return this;
		}

		/**
		 * Sets the longest wait that is granted to the other side.
		 * @param maxRetryAfter the wait
		 * @return this builder
		 */
		public Builder maxRetryAfter(Duration maxRetryAfter) {
			this.maxRetryAfter = maxRetryAfter;
			return this;
		}

		/**
		 * Builds the settings.
		 * @return the settings
		 */
		public RetrySettings build() {
			return new RetrySettings(this.maxAttempts, this.backoff, this.multiplier, this.maxBackoff, this.jitter,
					this.budget, this.budgetMinimum, this.on, this.except, this.onResult, this.respectRetryAfter,
					this.maxRetryAfter);
		}

	}

}
