package io.asyncstarter.sample.child;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.lifecycle.OpenStreams;
import io.asyncstarter.lifecycle.TrackingWebSocketService;

/**
 * A service that sends back what it is told over WebSockets. It is wired by hand, as
 * WebFlux and this starter do it by themselves.
 *
 * @since 0.1.0
 */
public final class ChatService implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final OpenStreams openStreams = new OpenStreams();

	private final Server server;

	private final AnnotationConfigApplicationContext context = ServiceContext.of(Map.of());

	private ChatService(boolean tracking) {
		WebSocketService handshake = new HandshakeWebSocketService();
		this.server = new Server((tracking) ? new TrackingWebSocketService(handshake, this.openStreams) : handshake);
		this.context.registerBean(Server.class, () -> this.server);
		if (tracking) {
			this.context.registerBean(OpenStreams.class, () -> this.openStreams);
		}
		this.context.refresh();
	}

	/**
	 * Start the service on a port that is free, for this machine only.
	 * @param tracking whether it is to know its WebSockets
	 * @return the service
	 */
	public static ChatService start(boolean tracking) {
		return new ChatService(tracking);
	}

	/**
	 * The address to connect to.
	 * @return the address
	 */
	public URI uri() {
		return URI.create("ws://127.0.0.1:%d/chat".formatted(this.server.port()));
	}

	/**
	 * What is known to be open.
	 * @return the WebSockets, none if they are not tracked
	 */
	public OpenStreams openStreams() {
		return this.openStreams;
	}

	/**
	 * Wait until no more WebSockets than these are known to be open.
	 * @param count their number
	 */
	public void awaitOpen(int count) {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (this.openStreams.getWebSockets().size() > count && System.nanoTime() - end < 0
				&& !Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

	/**
	 * Close the application context, and everything with it.
	 */
	public void shutDown() {
		this.context.close();
	}

	@Override
	public void close() {
		shutDown();
	}

	/**
	 * The web server: when it stops, it waits a second for what is going on.
	 */
	private static final class Server implements SmartLifecycle {

		private static final Duration GRACE = Duration.ofSeconds(1);

		private final HttpHandler handler;

		private final LoopResources resources = LoopResources.create("chat", 1, 1, true);

		private volatile @Nullable DisposableServer server;

		private Server(WebSocketService webSockets) {
			this.handler = WebHttpHandlerBuilder.webHandler((exchange) -> webSockets.handleRequest(exchange,
					(session) -> session.send(session.receive().doOnNext((message) -> message.retain()))))
				.build();
		}

		private int port() {
			return bound().port();
		}

		@Override
		public void start() {
			this.server = HttpServer.create()
				.host("127.0.0.1")
				.port(0)
				.runOn(this.resources, false)
				.channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
				.handle(new ReactorHttpHandlerAdapter(this.handler))
				.bindNow(PATIENCE);
		}

		@Override
		public void stop() {
			try {
				bound().disposeNow(GRACE);
			}
			catch (IllegalStateException ex) {
				// It has waited long enough: those who are still connected are cut off.
			}
			this.resources.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
		}

		private DisposableServer bound() {
			return Objects.requireNonNull(this.server, "The server has not started");
		}

		@Override
		public boolean isRunning() {
			DisposableServer running = this.server;
			return running != null && !running.isDisposed();
		}

	}

}
