package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

import io.asyncstarter.lifecycle.OpenStreams;
import io.asyncstarter.lifecycle.TrackingWebSocketService;

/**
 * Puts itself between WebFlux and its WebSockets. A subclass of the adapter is the user's
 * own and left alone.
 */
final class WebSocketTracking implements BeanPostProcessor {

	private final ObjectProvider<OpenStreams> openStreams;

	WebSocketTracking(ObjectProvider<OpenStreams> openStreams) {
		this.openStreams = openStreams;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean.getClass() != WebSocketHandlerAdapter.class) {
			return bean;
		}
		WebSocketHandlerAdapter adapter = (WebSocketHandlerAdapter) bean;
		WebSocketHandlerAdapter tracking = new WebSocketHandlerAdapter(
				new TrackingWebSocketService(adapter.getWebSocketService(), this.openStreams.getObject()));
		tracking.setOrder(adapter.getOrder());
		return tracking;
	}

}
