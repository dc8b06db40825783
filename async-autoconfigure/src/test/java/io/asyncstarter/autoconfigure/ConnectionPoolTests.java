package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/http.md} says of connection pools: the limit per host is Reactor
 * Netty's, the limit of all a policy's.
 */
@Timeout(60)
class ConnectionPoolTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncHttpAutoConfiguration.class,
				AsyncWebClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
		.withUserConfiguration(Pool.class);

	@Test
	void connectionsPerHostAreLimitedAndCounted() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		Metrics.addRegistry(registry);
		Load first = new Load();
		Load second = new Load();

		this.contextRunner.run((context) -> {
			callAll(context.getBean(WebClient.Builder.class), first, second);

			assertThat(Search.in(registry).name("reactor.netty.connection.provider.max.connections").gauges())
				.hasSize(2)
				.allSatisfy((gauge) -> assertThat(gauge.value()).isEqualTo(2));
		});

		assertThat(first.most).hasValue(2);
		assertThat(second.most).hasValue(2);
		first.close();
		second.close();
		Metrics.removeRegistry(registry);
	}

	@Test
	void callsToAllHostsAreLimitedByAPolicy() {
		Load first = new Load();
		Load second = new Load(first);

		this.contextRunner
			.withPropertyValues("async.policies.upstreams.bulkhead.max-concurrency=3",
					"async.policies.upstreams.bulkhead.max-wait=30s", "async.http.default-policy=upstreams")
			.run((context) -> callAll(context.getBean(WebClient.Builder.class), first, second));

		assertThat(first.most).hasValue(3);
		first.close();
		second.close();
	}

	private static void callAll(WebClient.Builder builder, Load first, Load second) {
		WebClient client = builder.build();
		List<String> answers = Flux.range(0, 20)
			.flatMap((number) -> client.get()
				.uri((number % 2 == 0) ? first.url() : second.url())
				.retrieve()
				.bodyToMono(String.class))
			.collectList()
			.block();

		assertThat(answers).hasSize(20);
	}

	/**
	 * The beans of {@code docs/http.md}.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Pool {

		@Bean(destroyMethod = "dispose")
		ConnectionProvider upstreams() {
			return ConnectionProvider.builder("upstreams")
				.maxConnections(2)
				.pendingAcquireMaxCount(200)
				.pendingAcquireTimeout(Duration.ofSeconds(30))
				.maxIdleTime(Duration.ofSeconds(30))
				.metrics(true)
				.build();
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> pooled(ConnectionProvider upstreams) {
			return (builder) -> builder.withHttpClientFactory(() -> HttpClient.create(upstreams));
		}

	}

	/**
	 * A server that counts its requests in flight.
	 */
	private static final class Load {

		private final AtomicInteger inFlight;

		private final AtomicInteger most;

		private final DisposableServer server;

		Load() {
			this(new AtomicInteger(), new AtomicInteger());
		}

		/**
		 * Creates a server that counts together with another one.
		 */
		Load(Load other) {
			this(other.inFlight, other.most);
		}

		private Load(AtomicInteger inFlight, AtomicInteger most) {
			this.inFlight = inFlight;
			this.most = most;
			this.server = HttpServer.create().host("127.0.0.1").port(0).handle((request, response) -> {
				most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
				return Mono.delay(Duration.ofMillis(20))
					.doOnNext((tick) -> inFlight.decrementAndGet())
					.then(response.sendString(Mono.just("fine")).then());
			}).bindNow();
		}

		String url() {
			return "http://127.0.0.1:" + this.server.port();
		}

		void close() {
			this.server.disposeNow(Duration.ofSeconds(5));
		}

	}

}
