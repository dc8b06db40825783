package io.asyncstarter.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import io.asyncstarter.lifecycle.OpenServletWebSockets;
import io.asyncstarter.lifecycle.TrackingWebSocketHandler;

/**
 * Puts itself between Spring MVC and its WebSockets, before a mapping makes its handlers
 * known. A subclass of the request handler is the user's own and left alone.
 */
final class ServletWebSocketTracking implements InstantiationAwareBeanPostProcessor {

	private final ObjectProvider<OpenServletWebSockets> webSockets;

	ServletWebSocketTracking(ObjectProvider<OpenServletWebSockets> webSockets) {
		this.webSockets = webSockets;
	}

	@Override
	public boolean postProcessAfterInstantiation(Object bean, String beanName) {
		if (bean instanceof SimpleUrlHandlerMapping mapping) {
			Map<String, Object> tracking = new HashMap<>();
			mapping.getUrlMap().forEach((path, handler) -> {
				if (handler.getClass() == WebSocketHttpRequestHandler.class) {
					tracking.put(path, tracking((WebSocketHttpRequestHandler) handler));
				}
			});
			mapping.setUrlMap(tracking);
		}
		return true;
	}

	private WebSocketHttpRequestHandler tracking(WebSocketHttpRequestHandler handler) {
		WebSocketHttpRequestHandler tracking = new WebSocketHttpRequestHandler(
				new TrackingWebSocketHandler(handler.getWebSocketHandler(), this.webSockets.getObject()),
				handler.getHandshakeHandler());
		tracking.setHandshakeInterceptors(handler.getHandshakeInterceptors());
		return tracking;
	}

}
