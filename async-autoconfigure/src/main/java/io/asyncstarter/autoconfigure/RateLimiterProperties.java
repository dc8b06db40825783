package io.asyncstarter.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

import io.asyncstarter.policy.RateLimiter;

/**
 * Properties of one rate limiter. What is absent gets the default of {@link RateLimiter}.
 *
 * @param per Period that 'permits' is meant for. One second by default.
 * @param permits Number of calls that are let through in a period. 100 by default.
 * @param burst Number of tokens that are kept for bad times. As many as 'permits' by
 * default.
 * @param maxWait Time a call waits for a token. Zero refuses at once, which is the
 * default.
 * @param maxKeys Number of keys that a bucket is kept for, those used least recently
 * being forgotten first. 10000 by default.
 * @since 0.1.0
 */
@ConfigurationPropertiesSource
// 'per' is first: the metadata's generator would take '@param permits' for it
public record RateLimiterProperties(@Positive @Nullable Duration per, @Positive @Nullable Long permits,
		@Positive @Nullable Long burst, @PositiveOrZero @Nullable Duration maxWait, @Positive @Nullable Long maxKeys) {

	RateLimiter.Builder toBuilder(String name) {
		RateLimiter.Builder builder = RateLimiter.builder(name);
		if (this.permits != null) {
			builder.permits(this.permits);
		}
		if (this.per != null) {
			builder.per(this.per);
		}
		if (this.burst != null) {
			builder.burst(this.burst);
		}
		if (this.maxWait != null) {
			builder.maxWait(this.maxWait);
		}
		if (this.maxKeys != null) {
			builder.maxKeys(this.maxKeys);
		}
		return builder;
	}

}
