package io.asyncstarter.http;

import java.time.Duration;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClientResponseException;

import io.asyncstarter.policy.RetryAfterExtractor;

/**
 * Reads {@code Retry-After} from what a {@code RestClient} or {@code RestTemplate}
 * throws, for policies around whole methods.
 *
 * @since 0.1.0
 */
public final class RestClientRetryAfterExtractor implements RetryAfterExtractor {

	/**
	 * Creates an extractor.
	 */
	public RestClientRetryAfterExtractor() {
	}

	@Override
	public @Nullable Duration retryAfter(Throwable failure) {
		HttpHeaders headers = (failure instanceof RestClientResponseException answer) ? answer.getResponseHeaders()
				: null;
		return (headers != null) ? RetryAfterHeader.read(headers, InstantSource.system()) : null;
	}

}
