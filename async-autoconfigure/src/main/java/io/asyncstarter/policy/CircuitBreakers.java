package io.asyncstarter.policy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Makes circuit breakers from settings.
 */
final class CircuitBreakers {

	private static final int DEFAULT_MIN_CALLS = 20;

	private CircuitBreakers() {
	}

	/**
	 * Returns the breaker of a name in a registry, and puts it there if there is none.
	 * One that is there keeps its own configuration.
	 */
	static CircuitBreaker in(CircuitBreakerRegistry registry, String name, CircuitBreakerSettings settings,
			DeadlineTimer timer) {
		return registry.circuitBreaker(name, () -> config(settings, timer));
	}

	/**
	 * Returns how long an open breaker stays open from now on.
	 * @return the time, or {@code null} if it is not known: the breaker is not open, was
	 * opened by hand or is not one of ours
	 */
	static @Nullable Duration openFor(CircuitBreaker breaker) {
		return (breaker.getState() == CircuitBreaker.State.OPEN && breaker.getCircuitBreakerConfig()
			.getWaitIntervalFunctionInOpenState() instanceof OpenInterval interval) ? interval.remaining() : null;
	}

	private static CircuitBreakerConfig config(CircuitBreakerSettings own, DeadlineTimer timer) {
		CircuitBreakerSettings settings = own.withParent(CircuitBreakerSettings.DEFAULTS);
		int window = Settings.decided(settings.window());
		int minCalls = (settings.minCalls() != null) ? settings.minCalls() : Math.min(window, DEFAULT_MIN_CALLS);
		List<Class<? extends Throwable>> record = Settings.decided(settings.record());
		List<Class<? extends Throwable>> ignore = Settings.decided(settings.ignore());
		CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
			.failureRateThreshold(Settings.decided(settings.failureRate()))
			.slidingWindow(window, minCalls, SlidingWindowType.COUNT_BASED,
					SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
			.waitIntervalFunctionInOpenState(new OpenInterval(Settings.decided(settings.openFor()), timer))
			.permittedNumberOfCallsInHalfOpenState(Settings.decided(settings.halfOpenCalls()))
			.slowCallDurationThreshold(Settings.decided(settings.slowCall()))
			.slowCallRateThreshold(Settings.decided(settings.slowCallRate()));
		if (!timer.equals(DeadlineTimer.shared())) {
			config.clock(new TimerClock(timer));
		}
		if (!record.isEmpty()) {
			config.recordException((failure) -> record.stream().anyMatch((type) -> type.isInstance(failure)));
		}
		if (!ignore.isEmpty()) {
			config.ignoreException((failure) -> ignore.stream().anyMatch((type) -> type.isInstance(failure)));
		}
		return config.build();
	}

	/**
	 * How long a breaker stays open. It is asked when the breaker opens, and remembers
	 * that.
	 */
	private static final class OpenInterval implements IntervalFunction {

		private final long millis;

		private final DeadlineTimer timer;

		private volatile Deadline end = Deadline.none();

		OpenInterval(Duration openFor, DeadlineTimer timer) {
			this.millis = openFor.toMillis();
			this.timer = timer;
		}

		@Override
		public Long apply(Integer attempt) {
			this.end = Deadline.after(Duration.ofMillis(this.millis), this.timer);
			return this.millis;
		}

		@Nullable Duration remaining() {
			Deadline end = this.end;
			return (end.isUnbounded() || end.isExpired()) ? null : end.remaining();
		}

	}

	/**
	 * A clock that shows the time of a timer, from the epoch on.
	 */
	private static final class TimerClock extends Clock {

		private final DeadlineTimer timer;

		TimerClock(DeadlineTimer timer) {
			this.timer = timer;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return Instant.ofEpochSecond(0, this.timer.nanoTime());
		}

	}

}
