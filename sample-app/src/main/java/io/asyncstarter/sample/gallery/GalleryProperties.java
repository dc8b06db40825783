package io.asyncstarter.sample.gallery;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Configuration properties of the gallery. How many runs there may be at once, and how
 * long one may take, is up to the executor {@code gallery}.
 *
 * @param keepRuns Number of runs whose outcome and events can still be read.
 * @param maxEvents Number of events recorded a run.
 */
@ConfigurationProperties("gallery")
record GalleryProperties(@DefaultValue("30") int keepRuns, @DefaultValue("20000") int maxEvents) {

	GalleryProperties {
		for (Map.Entry<String, Integer> entry : Map.of("keep-runs", keepRuns, "max-events", maxEvents).entrySet()) {
			Assert.isTrue(entry.getValue() > 0,
					() -> "'gallery.%s' must be at least 1 but was %d".formatted(entry.getKey(), entry.getValue()));
		}
	}

}
