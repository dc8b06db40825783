package io.asyncstarter.lifecycle;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * A handler whose WebSockets are known, so that they are closed when the application
 * closes.
 *
 * @since 0.1.0
 */
public final class TrackingWebSocketHandler extends WebSocketHandlerDecorator {

	private final OpenServletWebSockets webSockets;

	/**
	 * Creates a handler.
	 * @param delegate the handler that has the WebSockets
	 * @param webSockets keeps them
	 */
	public TrackingWebSocketHandler(WebSocketHandler delegate, OpenServletWebSockets webSockets) {
		super(delegate);
		this.webSockets = webSockets;
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) throws Exception {
		this.webSockets.opened(session);
		super.afterConnectionEstablished(session);
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus closeStatus) throws Exception {
		this.webSockets.ended(session);
		super.afterConnectionClosed(session, closeStatus);
	}

}
