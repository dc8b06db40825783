package io.asyncstarter.http;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Answers requests of WebFlux that failed by a rejection or a timeout of ours: 429 for a
 * rate limit, 503 for circuit breaker, bulkhead and executor, 504 when the time is up,
 * with {@code Retry-After} where it is known, as {@code application/problem+json}.
 * <p>
 * Handlers of the application come first: {@code @ExceptionHandler} methods, and handlers
 * of this kind that have at least this {@linkplain #getOrder() order}.
 *
 * @since 0.1.0
 */
public final class PolicyWebExceptionHandler implements WebExceptionHandler, Ordered {

	/**
	 * The place: right before Spring Boot's handler, which takes everything.
	 */
	public static final int ORDER = -2;

	/**
	 * Creates a handler.
	 */
	public PolicyWebExceptionHandler() {
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		HttpProblem problem = HttpProblem.of(failure);
		return (problem != null) ? ProblemExchange.write(exchange, problem, failure) : Mono.error(failure);
	}

}
