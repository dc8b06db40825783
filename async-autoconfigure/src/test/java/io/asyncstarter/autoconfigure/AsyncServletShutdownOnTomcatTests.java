package io.asyncstarter.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import jakarta.servlet.ServletContainerInitializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import reactor.core.publisher.Flux;

import io.asyncstarter.lifecycle.OpenServletStreams;
import io.asyncstarter.lifecycle.OpenServletWebSockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the end of streams and WebSockets of Spring MVC with Tomcat, which would wait
 * for the former and cut the latter off.
 */
@Timeout(60)
class AsyncServletShutdownOnTomcatTests {

	private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
		.web(WebApplicationType.SERVLET)
		.properties("server.port=0", "async.monitor.pinning.enabled=false", "spring.main.banner-mode=off",
				"async.shutdown.grace-period=90s")
		.run();

	private final String address = "localhost:" + this.context.getEnvironment().getProperty("local.server.port");

	private final HttpClient http = HttpClient.newHttpClient();

	@BeforeAll
	static void findTomcat() {
		Assumptions.assumeTrue(ClassUtils.isPresent("org.apache.catalina.startup.Tomcat", null), "There is no Tomcat");
	}

	@AfterEach
	void close() {
		this.http.shutdownNow();
		this.context.close();
	}

	@Test
	void whenTheApplicationClosesThenStreamsOfEventsComplete() throws Exception {
		CountDownLatch first = new CountDownLatch(1);
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://%s/events".formatted(this.address))).build();
		FutureTask<Long> count = new FutureTask<>(() -> {
			try (Stream<String> lines = this.http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
				return lines.peek((line) -> first.countDown()).count();
			}
		});
		Thread.ofVirtual().start(count);
		first.await();
		OpenServletStreams openStreams = this.context.getBean(OpenServletStreams.class);
		assertThat(openStreams.getCount()).isOne();

		this.context.close();

		assertThat(count.get()).isPositive();
		assertThat(openStreams.getCount()).isZero();
	}

	@Test
	void whenTheApplicationClosesThenWebSocketsAreClosedAsGoingAway() throws Exception {
		CompletableFuture<String> told = new CompletableFuture<>();
		URI uri = URI.create("ws://%s/echo".formatted(this.address));
		this.http.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {

			@Override
			public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
				told.complete("%d %s".formatted(statusCode, reason));
				return null;
			}

			@Override
			public void onError(WebSocket webSocket, Throwable error) {
				told.completeExceptionally(error);
			}

		}).get();
		OpenServletWebSockets webSockets = this.context.getBean(OpenServletWebSockets.class);
		Awaitility.await().until(() -> webSockets.getWebSockets().size() == 1);

		this.context.close();

		assertThat(told.get()).isEqualTo("1001 the application is shutting down");
		Awaitility.await().until(() -> webSockets.getWebSockets().isEmpty());
	}

	/**
	 * An application with a stream and a WebSocket, neither of which ends.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		/**
		 * What Boot does if its module for WebSockets is there.
		 */
		@Bean
		ServletContextInitializer webSocketsOfTomcat() {
			return (servletContext) -> ((ServletContainerInitializer) BeanUtils
				.instantiateClass(ClassUtils.resolveClassName("org.apache.tomcat.websocket.server.WsSci", null)))
				.onStartup(Set.of(), servletContext);
		}

		@Bean
		SimpleUrlHandlerMapping webSockets() {
			return new SimpleUrlHandlerMapping(
					Map.of("/echo", new WebSocketHttpRequestHandler(new TextWebSocketHandler())), -1);
		}

		@RestController
		static class Events {

			@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
			Flux<String> events() {
				return Flux.interval(Duration.ofMillis(10))
					.onBackpressureDrop()
					.map(String::valueOf)
					.mergeWith(Flux.never());
			}

		}

	}

}
