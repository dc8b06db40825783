package io.asyncstarter.sample.readme;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.springframework.scheduling.annotation.Async;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.policy.ApplyPolicy;

/**
 * The service of the README.
 */
class Reports {

	private final Archive archive;

	Reports(Archive archive) {
		this.archive = archive;
	}

	// tag::readme[]
	@Async("reporting")
	CompletableFuture<Report> report(long id) {
		return CompletableFuture.completedFuture(load(id));
	}

	@ApplyPolicy(value = "archive", fallbackMethod = "unarchived") // checked at start-up
	Report archived(long id) {
		return this.archive.read(id);
	}
	// end::readme[]

	Report unarchived(long id, UncheckedIOException failure) {
		return new Report(id, "nobody", Duration.ZERO);
	}

	Report load(long id) {
		return new Report(id, Thread.currentThread().getName(), Deadline.current().remaining());
	}

	/**
	 * Where reports are kept.
	 */
	interface Archive {

		Report read(long id);

	}

	record Report(long id, String thread, Duration left) {

	}

}
