package io.asyncstarter.sample.gallery;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is told over HTTP.
 *
 * @param id the id of the run
 * @param pattern the id of the pattern
 * @param state where the run is
 * @param created when it was asked for
 * @param tookMs how many milliseconds it took
 * @param parameters the values that it runs with
 * @param result what it measured, or {@code null} if it has not ended well
 * @param error why it did not end well, or {@code null} if it did or has not ended
 * @param tasks how many tasks there were, by group
 * @param events where its events can be read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunView(String id, String pattern, RunState state, Instant created, long tookMs, ParameterValues parameters,
		@Nullable RunResult result, @Nullable String error, Map<String, LaneCounts> tasks, String events) {

	static RunView of(GalleryRun run) {
		GalleryRun.Outcome outcome = run.outcome();
		return new RunView(run.id(), run.pattern().info().id(), outcome.state(), run.created(),
				outcome.took().toMillis(), run.parameters(), outcome.result(), outcome.error(),
				new TreeMap<>(run.recorder().counts()), path(run) + "/events");
	}

	static String path(GalleryRun run) {
		return "/patterns/%s/runs/%s".formatted(run.pattern().info().id(), run.id());
	}

}
