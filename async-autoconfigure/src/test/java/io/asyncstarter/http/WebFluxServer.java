package io.asyncstarter.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A service of WebFlux on this machine.
 */
final class WebFluxServer implements AutoCloseable {

	/**
	 * How many requests have been given up before they were answered.
	 */
	final AtomicInteger cancelled = new AtomicInteger();

	final AtomicInteger started = new AtomicInteger();

	private final DisposableServer server;

	WebFluxServer(WebHandler handler, WebFilter... filters) {
		WebHandler counting = (exchange) -> Mono.defer(() -> {
			this.started.incrementAndGet();
			return handler.handle(exchange);
		}).doOnCancel(this.cancelled::incrementAndGet);
		WebHttpHandlerBuilder builder = WebHttpHandlerBuilder.webHandler(counting)
			.exceptionHandler(new PolicyWebExceptionHandler())
			.filter(filters);
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle(new ReactorHttpHandlerAdapter(builder.build()))
			.bindNow();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(5));
	}

}
