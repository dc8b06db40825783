package io.asyncstarter.lifecycle;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * WebSockets that are open to clients of a servlet application. They are closed with
 * status 1001 (going away) before the web server stops, which would cut them off.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class OpenServletWebSockets implements SmartLifecycle {

	/**
	 * The phase in which WebSockets are closed: before the web server waits for its
	 * requests.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

	/**
	 * Tells clients to connect again, elsewhere.
	 */
	static final CloseStatus SHUTTING_DOWN = CloseStatus.GOING_AWAY.withReason("the application is shutting down");

	private static final Log logger = LogFactory.getLog(OpenServletWebSockets.class);

	/**
	 * How long to wait for clients that do not read.
	 */
	private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

	private final Set<WebSocketSession> webSockets = ConcurrentHashMap.newKeySet();

	private volatile boolean running;

	private volatile boolean closing;

	/**
	 * Returns the WebSockets that are open.
	 * @return the sessions, a snapshot
	 */
	public Collection<WebSocketSession> getWebSockets() {
		return List.copyOf(this.webSockets);
	}

	void opened(WebSocketSession session) {
		this.webSockets.add(session);
		if (this.closing) {
			close(session);
		}
	}

	void ended(WebSocketSession session) {
		this.webSockets.remove(session);
	}

	private void close(WebSocketSession session) {
		try {
			session.close(SHUTTING_DOWN);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("WebSocket '%s' could not be closed".formatted(session.getId()), ex);
		}
	}

	@Override
	public void start() {
		this.closing = false;
		this.running = true;
	}

	@Override
	public void stop() {
		this.closing = true;
		// To close one blocks until the client has read what was sent to it before.
		Thread.Builder threads = Thread.ofVirtual()
			.name("async-shutdown-websocket")
			.inheritInheritableThreadLocals(false);
		List<Thread> closers = this.webSockets.stream().map((session) -> threads.start(() -> close(session))).toList();
		long end = System.nanoTime() + CLOSE_TIME.toNanos();
		try {
			for (Thread thread : closers) {
				thread.join(Duration.ofNanos(end - System.nanoTime()));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
