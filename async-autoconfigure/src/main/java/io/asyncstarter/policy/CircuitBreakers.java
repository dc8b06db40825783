package io.asyncstarter.policy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

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
			.waitDurationInOpenState(Settings.decided(settings.openFor()))
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
