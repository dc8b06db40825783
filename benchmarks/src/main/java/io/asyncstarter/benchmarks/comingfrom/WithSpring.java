package io.asyncstarter.benchmarks.comingfrom;

import java.io.IOException;

import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.Retryable;

/**
 * With the annotations of Spring Framework 7.
 */
class WithSpring {

	private final Repositories repositories;

	WithSpring(Repositories repositories) {
		this.repositories = repositories;
	}

	// tag::annotation[]
	@Retryable(includes = IOException.class, maxRetries = 3, delay = 100, jitter = 50, multiplier = 2, maxDelay = 2000)
	@ConcurrencyLimit(50)
	String name(long id) throws IOException {
		return this.repositories.load(id);
	}
	// end::annotation[]

}
