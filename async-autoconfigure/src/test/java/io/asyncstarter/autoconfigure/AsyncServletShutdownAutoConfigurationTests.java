package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import reactor.core.publisher.Flux;

import io.asyncstarter.lifecycle.OpenServletStreams;
import io.asyncstarter.lifecycle.OpenServletWebSockets;
import io.asyncstarter.lifecycle.StreamCompletingServletFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

/**
 * Tests for the end of streams and WebSockets of Spring MVC, without a container.
 */
@Timeout(60)
class AsyncServletShutdownAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncServletShutdownAutoConfiguration.class,
				AsyncStreamShutdownAutoConfiguration.class, WebMvcAutoConfiguration.class))
		.withUserConfiguration(Streams.class);

	private static MockHttpServletRequest perform(AssertableWebApplicationContext context, String path) {
		try {
			MockMvc mvc = MockMvcBuilders.webAppContextSetup(context)
				.addFilters(context.getBean(StreamCompletingServletFilter.class))
				.build();
			return mvc.perform(get(path)).andReturn().getRequest();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void whileOpen(String path, Consumer<MockHttpServletRequest> afterRefusal) {
		this.contextRunner.run((context) -> {
			MockHttpServletRequest request = perform(context, path);
			assertThat(request.isAsyncStarted()).isTrue();

			context.getBean(OpenServletStreams.class).refuse();

			afterRefusal.accept(request);
		});
	}

	@Test
	void whenTheApplicationClosesThenAnEmitterOfEventsIsCompleted() {
		this.contextRunner.run((context) -> {
			Streams streams = context.getBean(Streams.class);
			MockHttpServletRequest request = perform(context, "/emitter");
			assertThat(context.getBean(OpenServletStreams.class).getCount()).isOne();

			context.getBean(OpenServletStreams.class).refuse();

			assertThat(request.isAsyncStarted()).isFalse();
			assertThat(streams.completed).isCompleted();
			assertThat(context.getBean(OpenServletStreams.class).getCount()).isZero();
		});
	}

	@Test
	void whenTheApplicationClosesThenAFluxOfEventsIsCompletedAndCancelled() {
		this.contextRunner.run((context) -> {
			Streams streams = context.getBean(Streams.class);
			MockHttpServletRequest request = perform(context, "/flux");

			context.getBean(OpenServletStreams.class).refuse();

			assertThat(request.isAsyncStarted()).isFalse();
			streams.cancelled.get();
		});
	}

	@Test
	void whenTheApplicationClosesThenEventsOfAFunctionAreCompleted() {
		whileOpen("/function", (request) -> assertThat(request.isAsyncStarted()).isFalse());
	}

	@Test
	void whenTheApplicationClosesThenARequestThatIsGoingToEndIsLeftAlone() {
		whileOpen("/deferred", (request) -> assertThat(request.isAsyncStarted()).isTrue());
	}

	@Test
	void whenTheApplicationIsClosingThenAStreamIsCompletedAtOnce() {
		this.contextRunner.run((context) -> {
			context.getBean(OpenServletStreams.class).refuse();

			assertThat(perform(context, "/emitter").isAsyncStarted()).isFalse();
		});
	}

	@Test
	void whenAStreamEndsByItselfThenItIsForgotten() {
		this.contextRunner.run((context) -> {
			MockHttpServletRequest request = perform(context, "/emitter");
			assertThat(request.getAsyncContext()).isNotNull();
			request.getAsyncContext().complete();

			assertThat(context.getBean(OpenServletStreams.class).getCount()).isZero();
		});
	}

	@Test
	void whenTheApplicationStopsThenWebSocketsAreClosedAsGoingAway() {
		this.contextRunner.withUserConfiguration(WebSockets.class).run((context) -> {
			OpenServletWebSockets webSockets = context.getBean(OpenServletWebSockets.class);
			WebSocketHandler handler = handler(context);
			WebSocketSession open = mock(WebSocketSession.class);
			WebSocketSession left = mock(WebSocketSession.class);
			handler.afterConnectionEstablished(open);
			handler.afterConnectionEstablished(left);
			handler.afterConnectionClosed(left, CloseStatus.NORMAL);
			assertThat(webSockets.getWebSockets()).containsExactly(open);

			webSockets.stop();

			verify(open).close(new CloseStatus(1001, "the application is shutting down"));
			verifyNoMoreInteractions(left);
		});
	}

	@Test
	void whenTheApplicationIsClosingThenAWebSocketIsClosedAtOnce() {
		this.contextRunner.withUserConfiguration(WebSockets.class).run((context) -> {
			WebSocketSession late = mock(WebSocketSession.class);
			context.getBean(OpenServletWebSockets.class).stop();

			handler(context).afterConnectionEstablished(late);

			verify(late).close(any());
		});
	}

	@Test
	void whenTheApplicationWasNotStoppedThenWebSocketsAreLeftAlone() {
		this.contextRunner.withUserConfiguration(WebSockets.class).run((context) -> {
			WebSocketSession session = mock(WebSocketSession.class);

			handler(context).afterConnectionEstablished(session);

			verify(session, never()).close(any());
		});
	}

	private static WebSocketHandler handler(AssertableWebApplicationContext context) {
		Object handler = context.getBean("webSockets", SimpleUrlHandlerMapping.class).getHandlerMap().get("/echo");
		assertThat(handler).isExactlyInstanceOf(WebSocketHttpRequestHandler.class);
		return ((WebSocketHttpRequestHandler) handler).getWebSocketHandler();
	}

	@Test
	void whenThereAreNoWebSocketsOfSpringThenStreamsAreStillCompleted() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(WebSocketHttpRequestHandler.class))
			.run((context) -> assertThat(context).hasSingleBean(OpenServletStreams.class)
				.doesNotHaveBean("asyncOpenServletWebSockets"));
	}

	@Test
	void inAReactiveApplicationThereIsNoneOfThis() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AsyncServletShutdownAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(OpenServletStreams.class));
	}

	/**
	 * Streams that do not end, and a request that is going to.
	 */
	@RestController
	static class Streams {

		private final CompletableFuture<Void> completed = new CompletableFuture<>();

		private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

		@GetMapping("/emitter")
		SseEmitter emitter() {
			SseEmitter emitter = new SseEmitter(0L);
			emitter.onCompletion(() -> this.completed.complete(null));
			return emitter;
		}

		@GetMapping(path = "/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Long> flux() {
			return Flux.interval(Duration.ofMillis(10))
				.onBackpressureDrop()
				.doOnCancel(() -> this.cancelled.complete(null));
		}

		@GetMapping("/deferred")
		DeferredResult<String> deferred() {
			return new DeferredResult<>();
		}

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route().GET("/function", (request) -> ServerResponse.sse((events) -> {
				try {
					events.send("first");
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			})).build();
		}

	}

	/**
	 * A WebSocket.
	 */
	static class WebSockets {

		@Bean
		SimpleUrlHandlerMapping webSockets() {
			HandshakeHandler handshake = (request, response, handler, attributes) -> true;
			return new SimpleUrlHandlerMapping(
					Map.of("/echo", new WebSocketHttpRequestHandler(new TextWebSocketHandler(), handshake)));
		}

	}

}
