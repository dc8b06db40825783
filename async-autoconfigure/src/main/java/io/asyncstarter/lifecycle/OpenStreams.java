package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What is open to clients of a WebFlux application for an unknown time: WebSockets and
 * streams of events. When the application closes, WebSockets are closed with status 1001
 * (going away) and streams are completed; otherwise the web server would wait for them as
 * long as for a request that is going to end.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class OpenStreams implements ShutdownParticipant {

	/**
	 * Tells clients to connect again, elsewhere.
	 */
	static final CloseStatus SHUTTING_DOWN = CloseStatus.GOING_AWAY.withReason("the application is shutting down");

	private static final Log logger = LogFactory.getLog(OpenStreams.class);

	private final Set<WebSocketSession> webSockets = ConcurrentHashMap.newKeySet();

	private final Sinks.Empty<Void> closing = Sinks.empty();

	private volatile boolean closed;

	/**
	 * Returns the WebSockets that are open.
	 * @return the sessions, a snapshot
	 */
	public Collection<WebSocketSession> getWebSockets() {
		return List.copyOf(this.webSockets);
	}

	/**
	 * Returns the end of all streams.
	 * @return completes when the application closes
	 */
	Mono<Void> closing() {
		return this.closing.asMono();
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Lets a handler have a WebSocket, until the application closes.
	 */
	Mono<Void> handle(WebSocketSession session, WebSocketHandler handler) {
		return Mono.defer(() -> {
			this.webSockets.add(session);
			if (this.closed) {
				this.webSockets.remove(session);
				return session.close(SHUTTING_DOWN);
			}
			return handler.handle(session).doFinally((signal) -> this.webSockets.remove(session));
		});
	}

	@Override
	public ShutdownStage getStage() {
		return ShutdownStage.INTAKE;
	}

	@Override
	public void refuse() {
		this.closed = true;
		this.closing.tryEmitEmpty();
		for (WebSocketSession session : this.webSockets) {
			session.close(SHUTTING_DOWN)
				.subscribe(null,
						(ex) -> logger.debug("WebSocket '%s' could not be closed".formatted(session.getId()), ex));
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * The web server has waited for them already.
	 */
	@Override
	public boolean awaitEnd(Duration atMost) {
		return true;
	}

	@Override
	public List<ShutdownAccount> accounts() {
		return List.of();
	}

	@Override
	public void cancel() {
	}

}
