package io.asyncstarter.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutors;

/**
 * What policies share: the limiters and executors that they name, the registries that
 * hold their state, time and chance. Everything has a default that works. Instances are
 * immutable.
 *
 * @since 0.1.0
 */
public final class PolicyEnvironment {

	private final DeadlineTimer timer;

	private final @Nullable RandomGenerator random;

	private final RateLimiters rateLimiters;

	private final BoundedExecutors executors;

	private final CircuitBreakerRegistry circuitBreakers;

	private final BulkheadRegistry bulkheads;

	private final RetryRegistry retries;

	private final List<RetryAfterExtractor> retryAfterExtractors;

	private final List<PolicyListener> listeners;

	private final @Nullable Executor resumer;

	private final @Nullable WorkObserver observer;

	private PolicyEnvironment(Builder builder) {
		this.timer = builder.timer;
		this.random = builder.random;
		this.rateLimiters = builder.rateLimiters;
		this.executors = builder.executors;
		this.circuitBreakers = builder.circuitBreakers;
		this.bulkheads = builder.bulkheads;
		this.retries = builder.retries;
		this.retryAfterExtractors = List.copyOf(builder.retryAfterExtractors);
		this.listeners = List.copyOf(builder.listeners);
		this.resumer = builder.resumer;
		this.observer = builder.observer;
	}

	/**
	 * Starts to build an environment.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	DeadlineTimer timer() {
		return this.timer;
	}

	@Nullable RandomGenerator random() {
		return this.random;
	}

	RateLimiters rateLimiters() {
		return this.rateLimiters;
	}

	BoundedExecutors executors() {
		return this.executors;
	}

	CircuitBreakerRegistry circuitBreakers() {
		return this.circuitBreakers;
	}

	BulkheadRegistry bulkheads() {
		return this.bulkheads;
	}

	RetryRegistry retries() {
		return this.retries;
	}

	List<RetryAfterExtractor> retryAfterExtractors() {
		return this.retryAfterExtractors;
	}

	List<PolicyListener> listeners() {
		return this.listeners;
	}

	@Nullable Executor resumer() {
		return this.resumer;
	}

	@Nullable WorkObserver observer() {
		return this.observer;
	}

	/**
	 * Builds a {@link PolicyEnvironment}. Instances are not safe for use by multiple
	 * threads.
	 */
	public static final class Builder {

		private DeadlineTimer timer = DeadlineTimer.shared();

		private @Nullable RandomGenerator random;

		private RateLimiters rateLimiters = RateLimiters.of();

		private BoundedExecutors executors = BoundedExecutors.of();

		private CircuitBreakerRegistry circuitBreakers = CircuitBreakerRegistry.ofDefaults();

		private BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();

		private RetryRegistry retries = RetryRegistry.ofDefaults();

		private final List<RetryAfterExtractor> retryAfterExtractors = new ArrayList<>();

		private final List<PolicyListener> listeners = new ArrayList<>();

		private @Nullable Executor resumer;

		private @Nullable WorkObserver observer;

		Builder() {
		}

		/**
		 * Sets the source of time and the scheduler of waits; the shared one by default.
		 * @param timer the timer
		 * @return this builder
		 */
		public Builder timer(DeadlineTimer timer) {
			Assert.notNull(timer, "'timer' must not be null");
			this.timer = timer;
			return this;
		}

		/**
		 * Sets the source of chance; that of the current thread by default.
		 * @param random the generator, safe for use by multiple threads
		 * @return this builder
		 */
		public Builder random(RandomGenerator random) {
			Assert.notNull(random, "'random' must not be null");
			this.random = random;
			return this;
		}

		/**
		 * Sets the rate limiters that policies may name; none by default.
		 * @param rateLimiters the rate limiters
		 * @return this builder
		 */
		public Builder rateLimiters(RateLimiters rateLimiters) {
			Assert.notNull(rateLimiters, "'rateLimiters' must not be null");
			this.rateLimiters = rateLimiters;
			return this;
		}

		/**
		 * Sets the executors that policies may name; none by default.
		 * @param executors the executors
		 * @return this builder
		 */
		public Builder executors(BoundedExecutors executors) {
			Assert.notNull(executors, "'executors' must not be null");
			this.executors = executors;
			return this;
		}

		/**
		 * Sets where the circuit breakers are; in a registry of their own by default.
		 * @param circuitBreakers the registry
		 * @return this builder
		 */
		public Builder circuitBreakers(CircuitBreakerRegistry circuitBreakers) {
			Assert.notNull(circuitBreakers, "'circuitBreakers' must not be null");
			this.circuitBreakers = circuitBreakers;
			return this;
		}

		/**
		 * Sets where the bulkheads are; in a registry of their own by default.
		 * @param bulkheads the registry
		 * @return this builder
		 */
		public Builder bulkheads(BulkheadRegistry bulkheads) {
			Assert.notNull(bulkheads, "'bulkheads' must not be null");
			this.bulkheads = bulkheads;
			return this;
		}

		/**
		 * Sets where the retries are; in a registry of their own by default.
		 * @param retries the registry
		 * @return this builder
		 */
		public Builder retries(RetryRegistry retries) {
			Assert.notNull(retries, "'retries' must not be null");
			this.retries = retries;
			return this;
		}

		/**
		 * Adds a reader of the waits that the other side asks for. The first that knows
		 * an answer gives it.
		 * @param extractor the reader
		 * @return this builder
		 */
		public Builder retryAfterExtractor(RetryAfterExtractor extractor) {
			Assert.notNull(extractor, "'extractor' must not be null");
			this.retryAfterExtractors.add(extractor);
			return this;
		}

		/**
		 * Adds a listener to all policies.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(PolicyListener listener) {
			Assert.notNull(listener, "'listener' must not be null");
			this.listeners.add(listener);
			return this;
		}

		/**
		 * Sets what runs the rest of a call that does not block, after it has waited for
		 * a permit, a token or its next attempt, or when its time is up. By default a
		 * virtual thread does for a {@code CompletionStage}, with what was bound to the
		 * caller's thread, and Reactor's parallel scheduler for a {@code Mono} and a
		 * {@code Flux}.
		 * @param resumer the executor, which must not reject anything
		 * @return this builder
		 */
		public Builder resumer(Executor resumer) {
			Assert.notNull(resumer, "'resumer' must not be null");
			this.resumer = resumer;
			return this;
		}

		/**
		 * Sets who is told of each call, with its attempts, while it goes on. By default
		 * nobody is, which costs nothing.
		 * @param observer the observer
		 * @return this builder
		 */
		public Builder observer(WorkObserver observer) {
			Assert.notNull(observer, "'observer' must not be null");
			this.observer = observer;
			return this;
		}

		/**
		 * Builds the environment.
		 * @return the environment
		 */
		public PolicyEnvironment build() {
			return new PolicyEnvironment(this);
		}

	}

}
