package io.asyncstarter.sample.eventloop;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.channel.EventLoopGroup;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * A small HTTP server with one event loop of its own, so that what blocks it blocks
 * nobody else, and a client for it.
 *
 * @since 0.1.0
 */
public final class LoopServer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final LoopResources resources;

	private final DisposableServer server;

	private final ConnectionProvider connections;

	private final WebClient client;

	private LoopServer(LoopResources resources, DisposableServer server) {
		this.resources = resources;
		this.server = server;
		this.connections = ConnectionProvider.newConnection();
		this.client = WebClient.builder()
			.clientConnector(new ReactorClientHttpConnector(HttpClient.create(this.connections)))
			.baseUrl("http://127.0.0.1:" + server.port())
			.build();
	}

	/**
	 * Start a server on a port that is free, for this machine only.
	 * @param name the name of its loop's thread
	 * @param routes says what is served
	 * @return the server
	 */
	public static LoopServer start(String name, Consumer<Routes> routes) {
		LoopResources resources = LoopResources.create(name, 1, 1, true);
		DisposableServer server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.runOn(resources, false)
			.route((http) -> routes
				.accept((path, answer) -> http.get(path, (request, response) -> response.sendString(answer.get()))))
			.bindNow(PATIENCE);
		return new LoopServer(resources, server);
	}

	/**
	 * The loop that the server runs on.
	 * @return a group of one loop
	 */
	public EventLoopGroup loops() {
		return this.resources.onServer(false);
	}

	/**
	 * Ask the server.
	 * @param path what for
	 * @return the answer
	 */
	public Mono<String> get(String path) {
		return this.client.get().uri(path).retrieve().bodyToMono(String.class);
	}

	@Override
	public void close() {
		this.server.disposeNow(PATIENCE);
		this.resources.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
		this.connections.dispose();
	}

	/**
	 * What a server serves.
	 *
	 * @since 0.1.0
	 */
	@FunctionalInterface
	public interface Routes {

		/**
		 * Serve something.
		 * @param path where
		 * @param answer asked on the event loop for each request
		 */
		void route(String path, Supplier<Mono<String>> answer);

	}

}
