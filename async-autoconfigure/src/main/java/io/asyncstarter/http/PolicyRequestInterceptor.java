package io.asyncstarter.http;

import java.io.IOException;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.Assert;

import io.asyncstarter.policy.Policy;

/**
 * Puts the requests of a {@code RestClient} or {@code RestTemplate} under a policy:
 * {@code builder.requestInterceptor(PolicyRequestInterceptor.of(policy))}. Interceptors
 * that are added later see each attempt, those added earlier the call as a whole.
 * <p>
 * The same rules hold as for {@link PolicyExchangeFilter}. An attempt lasts until the
 * response is closed; reading the body is interrupted when the time is up. Spring keeps
 * the bodies of requests in memory as soon as there is an interceptor, so that they can
 * be sent again, whatever their size. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class PolicyRequestInterceptor implements ClientHttpRequestInterceptor {

	private final Policy policy;

	private final HttpPolicyOptions options;

	private PolicyRequestInterceptor(Policy policy, HttpPolicyOptions options) {
		Assert.notNull(policy, "'policy' must not be null");
		Assert.notNull(options, "'options' must not be null");
		this.policy = policy.withoutFallback();
		this.options = options;
	}

	/**
	 * Returns an interceptor with the {@linkplain HttpPolicyOptions#defaults() defaults}.
	 * @param policy the policy
	 * @return the interceptor
	 */
	public static PolicyRequestInterceptor of(Policy policy) {
		return new PolicyRequestInterceptor(policy, HttpPolicyOptions.defaults());
	}

	/**
	 * Returns an interceptor.
	 * @param policy the policy
	 * @param options how it is applied
	 * @return the interceptor
	 */
	public static PolicyRequestInterceptor of(Policy policy, HttpPolicyOptions options) {
		return new PolicyRequestInterceptor(policy, options);
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		return new PolicyExecution(request, body, execution).execute(this.policy, this.options);
	}

}
