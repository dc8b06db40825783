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

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Makes circuit breakers from settings.
 */
final class CircuitBreakers {

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

	private static CircuitBreakerConfig config(CircuitBreakerSettings settings, DeadlineTimer timer) {
		int window = Settings.orDefault(settings.window(), 100);
		int minCalls = Settings.orDefault(settings.minCalls(), Math.min(window, 20));
		List<Class<? extends Throwable>> record = Settings.orDefault(settings.record(), List.of());
		List<Class<? extends Throwable>> ignore = Settings.orDefault(settings.ignore(), List.of());
		CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
			.failureRateThreshold(Settings.orDefault(settings.failureRate(), 50f))
			.slidingWindow(window, minCalls, SlidingWindowType.COUNT_BASED,
					SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
			.waitDurationInOpenState(Settings.orDefault(settings.openFor(), Duration.ofSeconds(30)))
			.permittedNumberOfCallsInHalfOpenState(Settings.orDefault(settings.halfOpenCalls(), 10))
			.slowCallDurationThreshold(Settings.orDefault(settings.slowCall(), Duration.ofSeconds(60)))
			.slowCallRateThreshold(Settings.orDefault(settings.slowCallRate(), 100f));
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
