package io.asyncstarter.http;

import org.springframework.util.Assert;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;

/**
 * Tells the servers that a {@code WebClient} asks how much time they have: what is left
 * of the deadline in Reactor's context or, without one, of that of the thread that
 * subscribes. Added after a {@link PolicyExchangeFilter}, it tells what each attempt has.
 * When nothing is left, the server is not asked.
 *
 * @since 0.1.0
 */
public final class DeadlineExchangeFilter implements ExchangeFilterFunction {

	private final DeadlineHeader header;

	/**
	 * Creates a filter.
	 * @param header the header, whose maximum is for requests that come in only
	 */
	public DeadlineExchangeFilter(DeadlineHeader header) {
		Assert.notNull(header, "'header' must not be null");
		this.header = header;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.deferContextual((context) -> {
			Deadline carried = context.getOrDefault(DeadlineThreadLocalAccessor.KEY, null);
			Deadline deadline = (carried != null) ? carried : Deadline.current();
			if (deadline.isUnbounded()) {
				return next.exchange(request);
			}
			if (deadline.isExpired()) {
				return Mono.error(DeadlineHeader.exceeded(request.url()));
			}
			return next.exchange(ClientRequest.from(request)
				.headers((headers) -> headers.set(this.header.getName(), DeadlineHeader.write(deadline)))
				.build());
		});
	}

}
