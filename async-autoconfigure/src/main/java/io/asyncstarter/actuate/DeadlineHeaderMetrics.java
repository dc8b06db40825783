package io.asyncstarter.actuate;

import java.util.Locale;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.asyncstarter.http.DeadlineHeader;

/**
 * Meters of deadlines that come in over HTTP.
 *
 * @since 0.1.0
 */
public final class DeadlineHeaderMetrics implements MeterBinder {

	private final DeadlineHeader header;

	/**
	 * Creates a binder.
	 * @param header the header
	 */
	public DeadlineHeaderMetrics(DeadlineHeader header) {
		this.header = header;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (DeadlineHeader.Ignored reason : DeadlineHeader.Ignored.values()) {
			FunctionCounter
				.builder("async.http.deadline.ignored", this.header, (header) -> header.getIgnoredCount(reason))
				.description("Requests whose deadline header made no sense")
				.tag("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.register(registry);
		}
	}

}
