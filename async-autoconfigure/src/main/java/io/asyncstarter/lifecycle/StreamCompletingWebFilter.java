package io.asyncstarter.lifecycle;

import org.reactivestreams.Publisher;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Completes streams of events, and of JSON line by line, when the application closes, and
 * has every connection closed that is kept for further requests. A web server that waits
 * for those it has may miss a busy connection otherwise, and take requests from it until
 * the very end.
 *
 * @since 0.1.0
 */
public final class StreamCompletingWebFilter implements WebFilter, Ordered {

	private final OpenStreams openStreams;

	/**
	 * Creates a filter.
	 * @param openStreams knows when the application closes
	 */
	public StreamCompletingWebFilter(OpenStreams openStreams) {
		this.openStreams = openStreams;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpResponse response = exchange.getResponse();
		response.beforeCommit(() -> Mono.fromRunnable(() -> closeConnection(response)));
		return chain.filter(exchange.mutate().response(new CompletingResponse(response)).build());
	}

	private void closeConnection(ServerHttpResponse response) {
		if (this.openStreams.isClosed()) {
			response.getHeaders().set(HttpHeaders.CONNECTION, "close");
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/**
	 * A response that ends when the application closes, if it is a stream.
	 */
	private final class CompletingResponse extends ServerHttpResponseDecorator {

		private CompletingResponse(ServerHttpResponse response) {
			super(response);
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return super.writeAndFlushWith((StreamTypes.isStream(getHeaders().getContentType()))
					? Flux.from(body).takeUntilOther(StreamCompletingWebFilter.this.openStreams.closing()) : body);
		}

	}

}
