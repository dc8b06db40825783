package io.asyncstarter.http;

import java.time.Duration;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import io.asyncstarter.policy.RetryAfterExtractor;

/**
 * Reads {@code Retry-After} from what a {@code WebClient} raises, for policies around
 * whole methods.
 *
 * @since 0.1.0
 */
public final class WebClientRetryAfterExtractor implements RetryAfterExtractor {

	/**
	 * Creates an extractor.
	 */
	public WebClientRetryAfterExtractor() {
	}

	@Override
	public @Nullable Duration retryAfter(Throwable failure) {
		return (failure instanceof WebClientResponseException answer)
				? RetryAfterHeader.read(answer.getHeaders(), InstantSource.system()) : null;
	}

}
