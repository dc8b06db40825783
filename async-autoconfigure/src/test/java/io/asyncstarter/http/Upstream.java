package io.asyncstarter.http;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;
import org.reactivestreams.Publisher;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

/**
 * A server of this machine that answers as a test tells it, and a connection pool whose
 * connections can be counted.
 */
final class Upstream implements AutoCloseable {

	final AtomicInteger requests = new AtomicInteger();

	/**
	 * How many connections have been closed under a request.
	 */
	final AtomicInteger aborted = new AtomicInteger();

	private final DisposableServer server;

	private final AtomicReference<ConnectionPoolMetrics> metrics = new AtomicReference<>();

	private final ConnectionProvider pool;

	final HttpClient httpClient;

	Upstream(BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
		this.server = HttpServer.create().host("127.0.0.1").port(0).handle((request, response) -> {
			this.requests.incrementAndGet();
			AtomicInteger ended = new AtomicInteger();
			request.withConnection((connection) -> connection.onDispose(() -> {
				if (ended.get() == 0) {
					this.aborted.incrementAndGet();
				}
			}));
			return Mono.from(handler.apply(request, response)).doOnSuccess((nothing) -> ended.incrementAndGet());
		}).bindNow();
		this.pool = ConnectionProvider.builder("test")
			.maxConnections(100)
			.metrics(true, () -> new ConnectionProvider.MeterRegistrar() {

				@Override
				public void registerMetrics(String name, String id, SocketAddress remote,
						ConnectionPoolMetrics figures) {
					Upstream.this.metrics.set(figures);
				}

			})
			.build();
		this.httpClient = HttpClient.create(this.pool);
	}

	int port() {
		return this.server.port();
	}

	String url() {
		return "http://127.0.0.1:" + port();
	}

	WebClient.Builder webClient() {
		return WebClient.builder().baseUrl(url()).clientConnector(new ReactorClientHttpConnector(this.httpClient));
	}

	RestClient.Builder restClient(ClientHttpRequestFactory factory) {
		return RestClient.builder().baseUrl(url()).requestFactory(factory);
	}

	ClientHttpRequestFactory pooled() {
		return new ReactorClientHttpRequestFactory(this.httpClient);
	}

	/**
	 * Waits until no connection of the pool is in use or waited for.
	 */
	void awaitPoolAtRest() {
		await(() -> {
			ConnectionPoolMetrics pool = this.metrics.get();
			return pool == null || (pool.acquiredSize() == 0 && pool.pendingAcquireSize() == 0);
		});
	}

	int connectionsInUse() {
		return this.metrics.get().acquiredSize();
	}

	static void await(BooleanSupplier condition) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofSeconds(10))
			.until(condition::getAsBoolean);
	}

	@Override
	public void close() {
		this.pool.dispose();
		this.server.disposeNow(Duration.ofSeconds(5));
	}

}
