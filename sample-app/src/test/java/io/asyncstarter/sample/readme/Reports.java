package io.asyncstarter.sample.readme;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.springframework.scheduling.annotation.Async;

import io.asyncstarter.deadline.Deadline;

/**
 * The service of the README.
 */
class Reports {

	// tag::readme[]
	@Async("reporting")
	CompletableFuture<Report> report(long id) {
		return CompletableFuture.completedFuture(load(id));
	}

	Report reportWithin(long id, Duration time) {
		return Deadline.within(time, () -> load(id)); // or is interrupted
	}
	// end::readme[]

	Report load(long id) {
		return new Report(id, Thread.currentThread().getName(), Deadline.current().remaining());
	}

	record Report(long id, String thread, Duration left) {

	}

}
