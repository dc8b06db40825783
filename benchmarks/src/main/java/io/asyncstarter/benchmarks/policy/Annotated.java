package io.asyncstarter.benchmarks.policy;

import java.util.function.IntSupplier;

import io.github.resilience4j.bulkhead.annotation.Bulkhead;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.Retryable;

import io.asyncstarter.policy.ApplyPolicy;

/**
 * The annotations that are compared, each on a method of a bean that does nothing.
 */
public enum Annotated {

	/**
	 * The bean without its proxy.
	 */
	DIRECT(Direct.class),

	/**
	 * {@link ApplyPolicy} with retry, circuit breaker, rate limiter and bulkhead.
	 */
	APPLY_POLICY(Policed.class),

	/**
	 * The four annotations of Resilience4j's starter.
	 */
	RESILIENCE4J(Resilience4j.class),

	/**
	 * {@link ApplyPolicy} with retry and bulkhead, to compare with
	 * {@link #SPRING_RESILIENCE}.
	 */
	APPLY_POLICY_OF_TWO(PolicedByTwo.class),

	/**
	 * Spring's {@link Retryable} and {@link ConcurrencyLimit}.
	 */
	SPRING_RESILIENCE(SpringResilience.class);

	private final Class<? extends IntSupplier> type;

	Annotated(Class<? extends IntSupplier> type) {
		this.type = type;
	}

	Class<? extends IntSupplier> type() {
		return this.type;
	}

	/**
	 * What all beans do.
	 */
	abstract static class Work implements IntSupplier {

		private int value = 42;

		@Override
		public int getAsInt() {
			return this.value++;
		}

	}

	/**
	 * Without annotations.
	 */
	static class Direct extends Work {

	}

	/**
	 * With four strategies.
	 */
	static class Policed extends Work {

		@Override
		@ApplyPolicy("four")
		public int getAsInt() {
			return super.getAsInt();
		}

	}

	/**
	 * With two strategies.
	 */
	static class PolicedByTwo extends Work {

		@Override
		@ApplyPolicy("two")
		public int getAsInt() {
			return super.getAsInt();
		}

	}

	/**
	 * With four annotations.
	 */
	static class Resilience4j extends Work {

		@Override
		@Retry(name = "theirs")
		@CircuitBreaker(name = "theirs")
		@RateLimiter(name = "theirs")
		@Bulkhead(name = "theirs")
		public int getAsInt() {
			return super.getAsInt();
		}

	}

	/**
	 * With two annotations.
	 */
	static class SpringResilience extends Work {

		@Override
		@Retryable(maxRetries = Strategies.ATTEMPTS - 1)
		@ConcurrencyLimit(Strategies.CONCURRENCY)
		public int getAsInt() {
			return super.getAsInt();
		}

	}

}
