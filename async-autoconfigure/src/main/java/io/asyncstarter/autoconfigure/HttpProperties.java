package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.asyncstarter.http.HttpKey;

/**
 * Properties of policies on HTTP clients.
 *
 * @param defaultPolicy Name of the policy of all clients that are made from Boot's
 * builders, HTTP service groups included. None by default.
 * @param key What of a request's address tells calls apart for rate limiters, and for
 * bulkheads that go by key.
 * @param retryMethods Comma-separated list of the methods of requests that may be sent
 * more than once. GET, HEAD, OPTIONS, PUT, DELETE and TRACE by default.
 * @param groups HTTP service groups by name.
 * @since 0.1.0
 */
public record HttpProperties(@Nullable String defaultPolicy, @DefaultValue("none") HttpKey key,
		@Nullable List<RetryMethod> retryMethods, @AnyName @DefaultValue Map<String, HttpGroupProperties> groups) {

}
