package io.asyncstarter.benchmarks.comingfrom;

import java.io.IOException;

import io.github.resilience4j.bulkhead.annotation.Bulkhead;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;

/**
 * With the annotations of Resilience4j's starter.
 */
class WithResilience4j {

	private final Repositories repositories;

	WithResilience4j(Repositories repositories) {
		this.repositories = repositories;
	}

	// tag::annotation[]
	@Retry(name = "github", fallbackMethod = "unknown")
	@CircuitBreaker(name = "github")
	@RateLimiter(name = "github")
	@Bulkhead(name = "github")
	String name(long id) throws IOException {
		return this.repositories.load(id);
	}

	String unknown(long id, Exception failure) {
		return "unknown";
	}
	// end::annotation[]

}
