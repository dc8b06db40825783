package io.asyncstarter.lifecycle;

import java.util.List;

import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Opens WebSockets so that they are closed when the application closes.
 *
 * @since 0.1.0
 */
public final class TrackingWebSocketService implements WebSocketService {

	private final WebSocketService delegate;

	private final OpenStreams openStreams;

	/**
	 * Creates a service.
	 * @param delegate does the handshake
	 * @param openStreams keeps the WebSockets
	 */
	public TrackingWebSocketService(WebSocketService delegate, OpenStreams openStreams) {
		this.delegate = delegate;
		this.openStreams = openStreams;
	}

	@Override
	public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
		return this.delegate.handleRequest(exchange, new TrackedHandler(handler));
	}

	/**
	 * A handler whose WebSockets are known.
	 */
	private final class TrackedHandler implements WebSocketHandler {

		private final WebSocketHandler handler;

		private TrackedHandler(WebSocketHandler handler) {
			this.handler = handler;
		}

		@Override
		public List<String> getSubProtocols() {
			return this.handler.getSubProtocols();
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return TrackingWebSocketService.this.openStreams.handle(session, this.handler);
		}

	}

}
