package io.asyncstarter.sample.requestid;

import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives every request an id: its own, if it came with a decent one.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestIdFilter implements WebFilter {

	private static final Pattern DECENT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		String id = idOf(exchange.getRequest().getHeaders().getFirst(RequestId.HEADER));
		exchange.getResponse().getHeaders().set(RequestId.HEADER, id);
		return chain.filter(exchange).contextWrite((context) -> context.put(RequestId.KEY, id));
	}

	private static String idOf(@Nullable String given) {
		return (given != null && DECENT.matcher(given).matches()) ? given
				: UUID.randomUUID().toString().substring(0, 8);
	}

}
