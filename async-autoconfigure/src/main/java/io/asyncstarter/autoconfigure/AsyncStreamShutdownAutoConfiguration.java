package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.socket.server.WebSocketService;

import io.asyncstarter.lifecycle.OpenStreams;
import io.asyncstarter.lifecycle.StreamCompletingWebFilter;

/**
 * Auto-configuration for the end of WebSockets and streams of events at the shutdown of a
 * WebFlux application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = AsyncShutdownAutoConfiguration.class)
@ConditionalOnClass(WebSocketService.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public final class AsyncStreamShutdownAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OpenStreams asyncOpenStreams() {
		return new OpenStreams();
	}

	@Bean
	@ConditionalOnMissingBean
	StreamCompletingWebFilter asyncStreamCompletingWebFilter(OpenStreams openStreams) {
		return new StreamCompletingWebFilter(openStreams);
	}

	@Bean
	static WebSocketTracking asyncWebSocketTracking(ObjectProvider<OpenStreams> openStreams) {
		return new WebSocketTracking(openStreams);
	}

}
