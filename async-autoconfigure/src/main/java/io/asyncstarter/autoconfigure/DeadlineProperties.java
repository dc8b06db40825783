package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of deadlines.
 *
 * @param http Deadlines that go from service to service.
 * @since 0.1.0
 */
public record DeadlineProperties(@NestedConfigurationProperty @DefaultValue Http http) {

	/**
	 * Properties of deadlines that go from service to service.
	 *
	 * @param outbound Whether to tell servers how much time they have.
	 * @param inbound Whether requests have the time that their clients tell.
	 * @param header Name of the header that tells it, in whole milliseconds.
	 * @param max Longest time that is granted to a request that has the header.
	 */
	public record Http(@DefaultValue("false") boolean outbound, @DefaultValue("false") boolean inbound,
			@DefaultValue("X-Request-Timeout-Ms") String header, @Positive @DefaultValue("60s") Duration max) {

	}

}
