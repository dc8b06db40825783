package io.asyncstarter.http;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.policy.Policy;

/**
 * The response to a request under a policy; each subscription is a call. To the policy,
 * an attempt is a stream: of the response, and then of its body.
 */
final class PolicyExchange extends Mono<ClientResponse> {

	private final Policy policy;

	private final HttpPolicyOptions options;

	private final ClientRequest request;

	private final ExchangeFunction next;

	PolicyExchange(Policy policy, HttpPolicyOptions options, ClientRequest request, ExchangeFunction next) {
		this.policy = policy;
		this.options = options;
		this.request = request;
		this.next = next;
	}

	@Override
	public void subscribe(CoreSubscriber<? super ClientResponse> subscriber) {
		boolean repeatable = this.options.retryMethods().contains(this.request.method());
		boolean replay = repeatable && this.policy.getSettings().retry() != null;
		ReplayableRequest requests = new ReplayableRequest(this.request, replay);
		RequestRepeatability repeatability = new RequestRepeatability(repeatable, requests::isReplayable,
				requests.isBodiless(), WebClientRequestException.class::isInstance);
		RequestFailures failures = new RequestFailures();
		this.policy.repeating(repeatability)
			.flux(this.options.key().of(this.request.url()), () -> attempt(requests.next(), failures), null)
			.subscribe(new ResponseSubscriber(subscriber, failures));
	}

	private Flux<Object> attempt(ClientRequest request, RequestFailures failures) {
		return NettyExchange.of(request,
				(watched) -> this.next.exchange(watched)
					.onErrorMap(WebClientRequestException.class, failures::unwrap)
					.flatMapMany((response) -> HttpOutcomes.isFailure(response.statusCode())
							? FailedResponse.of(response) : ResponseParts.of(response)));
	}

	/**
	 * Shows policies what lies behind a {@link WebClientRequestException}, so that
	 * {@code retry.on: java.io.IOException} means the same for all clients, and gives the
	 * caller what the client would have given it.
	 */
	static final class RequestFailures {

		private final Queue<WebClientRequestException> failures = new ConcurrentLinkedQueue<>();

		Throwable unwrap(WebClientRequestException failure) {
			Throwable cause = failure.getCause();
			if (!(cause instanceof IOException) && !(cause instanceof CancellationException)) {
				return failure;
			}
			this.failures.add(failure);
			return cause;
		}

		Throwable wrap(Throwable cause) {
			for (WebClientRequestException failure : this.failures) {
				if (failure.getCause() == cause) {
					return failure;
				}
			}
			return cause;
		}

	}

}
