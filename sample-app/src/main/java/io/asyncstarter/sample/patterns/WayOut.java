package io.asyncstarter.sample.patterns;

import java.time.Duration;

import io.asyncstarter.sample.upstream.UpstreamRequest;

/**
 * How work that holds something ends.
 */
enum WayOut {

	SUCCESS("it succeeds"), FAILURE("it fails"), CANCELLATION("it is cancelled");

	private final String text;

	WayOut(String text) {
		this.text = text;
	}

	String text() {
		return this.text;
	}

	/**
	 * The call to the upstream that makes it end so. One that is cancelled would never
	 * end by itself.
	 */
	UpstreamRequest request(String run, String group, Duration latency) {
		return UpstreamRequest.of(run, 1)
			.group(group + ", " + this.text)
			.latency((this != CANCELLATION) ? latency : Duration.ofSeconds(10))
			.failFirst((this != FAILURE) ? 0 : 1);
	}

}
