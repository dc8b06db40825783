package io.asyncstarter.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.lifecycle.OpenStreams;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AsyncStreamShutdownAutoConfigurationTests {

	private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
		.web(WebApplicationType.REACTIVE)
		.properties("server.port=0", "async.monitor.pinning.enabled=false", "spring.main.banner-mode=off")
		.run();

	private final String address = "localhost:" + this.context.getEnvironment().getProperty("local.server.port");

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void whenTheApplicationClosesThenWebSocketsAreClosedAsGoingAway() throws Exception {
		OpenStreams openStreams = this.context.getBean(OpenStreams.class);
		CompletableFuture<CloseStatus> status = new CompletableFuture<>();
		new ReactorNettyWebSocketClient().execute(URI.create("ws://%s/echo".formatted(this.address)), (session) -> {
			session.closeStatus().subscribe(status::complete);
			return session.receive().then();
		}).subscribe();
		Awaitility.await().until(() -> openStreams.getWebSockets().size() == 1);

		this.context.close();

		assertThat(status.get()).isEqualTo(CloseStatus.GOING_AWAY.withReason("the application is shutting down"));
		Awaitility.await().until(() -> openStreams.getWebSockets().isEmpty());
	}

	@Test
	void whenTheApplicationClosesThenStreamsOfEventsComplete() throws Exception {
		CountDownLatch first = new CountDownLatch(1);
		FutureTask<Long> count = new FutureTask<>(() -> WebClient.create("http://" + this.address)
			.get()
			.uri("/events")
			.retrieve()
			.bodyToFlux(String.class)
			.doOnNext((event) -> first.countDown())
			.count()
			.block());
		Thread.ofVirtual().start(count);
		first.await();

		this.context.close();

		assertThat(count.get()).isPositive();
	}

	/**
	 * An application with a stream and a WebSocket, neither of which ends.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleUrlHandlerMapping webSockets() {
			WebSocketHandler echo = (session) -> session.send(session.receive()).then();
			return new SimpleUrlHandlerMapping(Map.of("/echo", echo), -1);
		}

		@RestController
		static class Events {

			@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
			Flux<String> events() {
				return Flux.interval(Duration.ofMillis(10)).map(String::valueOf).mergeWith(Mono.never());
			}

		}

	}

}
