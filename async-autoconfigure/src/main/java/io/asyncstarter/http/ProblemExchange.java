package io.asyncstarter.http;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Writes a problem as the answer to a request of WebFlux.
 */
final class ProblemExchange {

	private ProblemExchange() {
	}

	/**
	 * Writes a problem, or fails with what led to it if another answer has begun, so that
	 * the server breaks that off.
	 */
	static Mono<Void> write(ServerWebExchange exchange, HttpProblem problem, Throwable failure) {
		ServerHttpResponse response = exchange.getResponse();
		if (response.isCommitted() || !response.setStatusCode(problem.status())) {
			return Mono.error(failure);
		}
		byte[] body = problem.toJson();
		problem.writeTo(response.getHeaders(), body);
		DataBuffer buffer = response.bufferFactory().wrap(body);
		return response.writeWith(Mono.just(buffer));
	}

}
