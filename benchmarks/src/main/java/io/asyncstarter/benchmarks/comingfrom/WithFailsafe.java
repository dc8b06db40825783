package io.asyncstarter.benchmarks.comingfrom;

import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Fallback;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;

/**
 * With Failsafe.
 */
class WithFailsafe {

	private final Repositories repositories;

	WithFailsafe(Repositories repositories) {
		this.repositories = repositories;
	}

	// tag::code[]
	private final FailsafeExecutor<String> github = Failsafe.with(Fallback.of("unknown"))
		.compose(RetryPolicy.<String>builder()
			.handle(IOException.class)
			.withMaxAttempts(4)
			.withBackoff(100, 2000, ChronoUnit.MILLIS)
			.withJitter(0.5)
			.build())
		.compose(CircuitBreaker.<String>builder()
			.withFailureThreshold(50, 100)
			.withDelay(Duration.ofSeconds(30))
			.build())
		.compose(RateLimiter.<String>smoothBuilder(100, Duration.ofSeconds(1))
			.withMaxWaitTime(Duration.ofMillis(500))
			.build())
		.compose(Bulkhead.<String>builder(50).withMaxWaitTime(Duration.ofMillis(100)).build())
		.compose(Timeout.<String>builder(Duration.ofSeconds(1)).withInterrupt().build());

	String name(long id) {
		return this.github.get(() -> this.repositories.load(id));
	}
	// end::code[]

}
