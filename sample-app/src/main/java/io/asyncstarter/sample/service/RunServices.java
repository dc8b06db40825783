package io.asyncstarter.sample.service;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.UriBuilderFactory;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;
import reactor.netty.http.server.HttpServerRequest;

import io.asyncstarter.sample.upstream.Item;

/**
 * The services of all runs. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@RestController
@RequestMapping("/services")
public class RunServices {

	private final Map<String, IntFunction<Mono<ResponseEntity<Item>>>> services = new ConcurrentHashMap<>();

	private volatile @Nullable UriBuilderFactory address;

	// find the port out, once there is one: it may be random
	@EventListener
	void started(WebServerInitializedEvent event) {
		if (event.getApplicationContext().getServerNamespace() == null) {
			this.address = new DefaultUriBuilderFactory("http://127.0.0.1:" + event.getWebServer().getPort());
		}
	}

	/**
	 * Where the services are: at {@code /services/{run}/{id}} beneath it.
	 * @return the address of this application
	 */
	public UriBuilderFactory address() {
		UriBuilderFactory address = this.address;
		if (address == null) {
			throw new IllegalStateException("The web server has not started yet");
		}
		return address;
	}

	/**
	 * Begin to serve a run.
	 * @param run the id of the run
	 * @param service answers a request for a number; called on the event loop, may not
	 * block
	 * @return the service, until it is closed
	 */
	public RunService open(String run, IntFunction<Mono<ResponseEntity<Item>>> service) {
		this.services.put(run, service);
		return new RunService(address(), () -> this.services.remove(run));
	}

	/**
	 * An answer that is none: the connection is closed.
	 * @return an answer for services
	 */
	public static Mono<ResponseEntity<Item>> reset() {
		return Mono.error(ConnectionReset::new);
	}

	@GetMapping("/{run}/{id}")
	Mono<ResponseEntity<Item>> serve(@PathVariable String run, @PathVariable int id, ServerHttpRequest request) {
		IntFunction<Mono<ResponseEntity<Item>>> service = this.services.get(run);
		if (service == null) {
			return Mono.just(ResponseEntity.notFound().build());
		}
		return Mono.defer(() -> service.apply(id)).onErrorResume(ConnectionReset.class, (reset) -> {
			HttpServerRequest server = ServerHttpRequestDecorator.getNativeRequest(request);
			server.withConnection((connection) -> FutureMono.from(connection.channel().close()).subscribe());
			return Mono.never();
		});
	}

	/**
	 * Tells that the connection is to be closed.
	 */
	private static final class ConnectionReset extends RuntimeException {

		private ConnectionReset() {
			super("The connection is closed", null, false, false);
		}

	}

}
