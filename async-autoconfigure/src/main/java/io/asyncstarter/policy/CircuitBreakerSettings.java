package io.asyncstarter.policy;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * When calls are refused because earlier ones went badly. The names are shorter than
 * those of Resilience4j, whose circuit breaker does the work; the meanings are the same.
 * A component that is {@code null} is not decided here: by a parent, or else by its
 * default.
 *
 * @param failureRate the percentage of failures from which on the breaker opens, more
 * than 0 and at most 100 (default 50)
 * @param window how many of the latest calls are looked at, at least 1 (default 100)
 * @param minCalls how many calls there must be before the rates count, at least 1
 * (default 20, or the window if that is smaller)
 * @param openFor how long the breaker stays open before it lets calls through to see, at
 * least 1 ms (default 30 s)
 * @param halfOpenCalls how many calls it lets through to see, at least 1 (default 10)
 * @param slowCall the time from which on a call is slow, waits of ours not included
 * (default 60 s)
 * @param slowCallRate the percentage of slow calls from which on the breaker opens, more
 * than 0 and at most 100, where 100 means only if all are slow (default 100)
 * @param record the exceptions that count as failures, subclasses included; empty for all
 * (default empty)
 * @param ignore the exceptions that count neither way, which wins over {@code record}
 * (default empty)
 * @since 0.1.0
 */
public record CircuitBreakerSettings(@Nullable Float failureRate, @Nullable Integer window, @Nullable Integer minCalls,
		@Nullable Duration openFor, @Nullable Integer halfOpenCalls, @Nullable Duration slowCall,
		@Nullable Float slowCallRate, @Nullable List<Class<? extends Throwable>> record,
		@Nullable List<Class<? extends Throwable>> ignore) {

	/**
	 * What applies where nobody decides. How many calls there must be before the rates
	 * count depends on the window, and is not decided here.
	 */
	public static final CircuitBreakerSettings DEFAULTS = new CircuitBreakerSettings(50f, 100, null,
			Duration.ofSeconds(30), 10, Duration.ofSeconds(60), 100f, List.of(), List.of());

	public CircuitBreakerSettings {
		requireRate("failureRate", failureRate);
		requireCount("window", window);
		requireCount("minCalls", minCalls);
		Assert.isTrue(openFor == null || openFor.toMillis() >= 1,
				() -> "'openFor' must be at least 1 ms but was %s".formatted(openFor));
		requireCount("halfOpenCalls", halfOpenCalls);
		Settings.requirePositive("slowCall", slowCall);
		requireRate("slowCallRate", slowCallRate);
		record = (record != null) ? List.copyOf(record) : null;
		ignore = (ignore != null) ? List.copyOf(ignore) : null;
	}

	/**
	 * Starts to describe a circuit breaker.
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
	public CircuitBreakerSettings withParent(@Nullable CircuitBreakerSettings parent) {
		if (parent == null) {
			return this;
		}
		return new CircuitBreakerSettings(Settings.first(this.failureRate, parent.failureRate),
				Settings.first(this.window, parent.window), Settings.first(this.minCalls, parent.minCalls),
				Settings.first(this.openFor, parent.openFor), Settings.first(this.halfOpenCalls, parent.halfOpenCalls),
				Settings.first(this.slowCall, parent.slowCall), Settings.first(this.slowCallRate, parent.slowCallRate),
				Settings.first(this.record, parent.record), Settings.first(this.ignore, parent.ignore));
	}

	private static void requireRate(String parameter, @Nullable Float value) {
		Assert.isTrue(value == null || (value > 0 && value <= 100),
				() -> "'%s' must be more than 0 and at most 100 but was %s".formatted(parameter, value));
	}

	private static void requireCount(String parameter, @Nullable Integer value) {
		Assert.isTrue(value == null || value >= 1,
				() -> "'%s' must be at least 1 but was %d".formatted(parameter, value));
	}

	/**
	 * Builds {@link CircuitBreakerSettings}. Instances are not safe for use by multiple
	 * threads.
	 */
	public static final class Builder {

		private @Nullable Float failureRate;

		private @Nullable Integer window;

		private @Nullable Integer minCalls;

		private @Nullable Duration openFor;

		private @Nullable Integer halfOpenCalls;

		private @Nullable Duration slowCall;

		private @Nullable Float slowCallRate;

		private @Nullable List<Class<? extends Throwable>> record;

		private @Nullable List<Class<? extends Throwable>> ignore;

		Builder() {
		}

		/**
		 * Sets the percentage of failures from which on the breaker opens.
		 * @param failureRate the percentage, more than 0 and at most 100
		 * @return this builder
		 */
		public Builder failureRate(float failureRate) {
			this.failureRate = failureRate;
			return this;
		}

		/**
		 * Sets how many of the latest calls are looked at.
		 * @param window the number of calls, at least 1
		 * @return this builder
		 */
		public Builder window(int window) {
			this.window = window;
			return this;
		}

		/**
		 * Sets how many calls there must be before the rates count.
		 * @param minCalls the number of calls, at least 1
		 * @return this builder
		 */
		public Builder minCalls(int minCalls) {
			this.minCalls = minCalls;
			return this;
		}

		/**
		 * Sets how long the breaker stays open before it lets calls through to see.
		 * @param openFor the time, at least 1 ms
		 * @return this builder
		 */
		public Builder openFor(Duration openFor) {
			this.openFor = openFor;
			return this;
		}

		/**
		 * Sets how many calls are let through to see.
		 * @param halfOpenCalls the number of calls, at least 1
		 * @return this builder
		 */
		public Builder halfOpenCalls(int halfOpenCalls) {
			this.halfOpenCalls = halfOpenCalls;
			return this;
		}

		/**
		 * Sets the time from which on a call is slow.
		 * @param slowCall the time, more than zero
		 * @return this builder
		 */
		public Builder slowCall(Duration slowCall) {
			this.slowCall = slowCall;
			return this;
		}

		/**
		 * Sets the percentage of slow calls from which on the breaker opens.
		 * @param slowCallRate the percentage, more than 0 and at most 100
		 * @return this builder
		 */
		public Builder slowCallRate(float slowCallRate) {
			this.slowCallRate = slowCallRate;
			return this;
		}

		/**
		 * Sets the exceptions that count as failures.
		 * @param record the classes, subclasses included
		 * @return this builder
		 */
		@SafeVarargs
		@SuppressWarnings("varargs") // only read
		public final Builder record(Class<? extends Throwable>... record) {
			this.record = List.of(record);
			return this;
		}

		/**
		 * Sets the exceptions that count neither way.
		 * @param ignore the classes, subclasses included
		 * @return this builder
		 */
		@SafeVarargs
		@SuppressWarnings("varargs") // only read
		public final Builder ignore(Class<? extends Throwable>... ignore) {
			this.ignore = List.of(ignore);
			return this;
		}

		/**
		 * Builds the settings.
		 * @return the settings
		 */
		public CircuitBreakerSettings build() {
			return new CircuitBreakerSettings(this.failureRate, this.window, this.minCalls, this.openFor,
					this.halfOpenCalls, this.slowCall, this.slowCallRate, this.record, this.ignore);
		}

	}

}
