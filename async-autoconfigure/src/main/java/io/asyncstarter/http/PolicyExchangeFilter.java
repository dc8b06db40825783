package io.asyncstarter.http;

import org.springframework.util.Assert;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

import io.asyncstarter.policy.Policy;

/**
 * Puts the requests of a {@code WebClient} under a policy:
 * {@code builder.filter(PolicyExchangeFilter.of(policy))}. Filters that are added later
 * see each attempt, those added earlier the call as a whole.
 * <p>
 * An attempt lasts, for its timeout, its permit and the circuit breaker, from the
 * beginning of the request to the end of the response's body. I/O errors and the answers
 * 429 and 5xx are failures. They are followed by a further attempt, if the policy has
 * retries, when the request's method may be repeated and its body can be sent again,
 * which needs up to 256 KiB of memory, or when the request certainly was not sent.
 * {@code Retry-After} is honoured. After the first byte of a good answer there is no
 * further attempt.
 * <p>
 * The last failing answer is given to the caller as the response that it is, for the
 * caller's own status handlers. Up to 256 KiB of its body are kept; a longer one ends
 * with an error. Connections are released when an attempt is over. A fallback of the
 * policy is not used. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class PolicyExchangeFilter implements ExchangeFilterFunction {

	private final Policy policy;

	private final HttpPolicyOptions options;

	private PolicyExchangeFilter(Policy policy, HttpPolicyOptions options) {
		Assert.notNull(policy, "'policy' must not be null");
		Assert.notNull(options, "'options' must not be null");
		this.policy = policy.withoutFallback();
		this.options = options;
	}

	/**
	 * Returns a filter with the {@linkplain HttpPolicyOptions#defaults() defaults}.
	 * @param policy the policy
	 * @return the filter
	 */
	public static PolicyExchangeFilter of(Policy policy) {
		return new PolicyExchangeFilter(policy, HttpPolicyOptions.defaults());
	}

	/**
	 * Returns a filter.
	 * @param policy the policy
	 * @param options how it is applied
	 * @return the filter
	 */
	public static PolicyExchangeFilter of(Policy policy, HttpPolicyOptions options) {
		return new PolicyExchangeFilter(policy, options);
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return new PolicyExchange(this.policy, this.options, request, next);
	}

}
