package io.asyncstarter.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

import io.asyncstarter.http.HttpKey;

/**
 * Properties of one HTTP service group. What is absent is as for all clients.
 *
 * @param policy Name of the policy of the group's clients. 'async.http.default-policy' by
 * default.
 * @param key What of a request's address tells calls apart for rate limiters, and for
 * bulkheads that go by key. 'async.http.key' by default.
 * @param retryMethods Comma-separated list of the methods of requests that may be sent
 * more than once. 'async.http.retry-methods' by default.
 * @param deadlineHeader Whether to tell servers how much time they have.
 * 'async.deadline.http.outbound' by default.
 * @since 0.1.0
 */
@ConfigurationPropertiesSource
public record HttpGroupProperties(@Nullable String policy, @Nullable HttpKey key,
		@Nullable List<RetryMethod> retryMethods, @Nullable Boolean deadlineHeader) {

}
