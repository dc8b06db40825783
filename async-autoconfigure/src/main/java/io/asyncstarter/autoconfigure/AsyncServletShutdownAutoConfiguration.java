package io.asyncstarter.autoconfigure;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import io.asyncstarter.lifecycle.OpenServletStreams;
import io.asyncstarter.lifecycle.OpenServletWebSockets;
import io.asyncstarter.lifecycle.StreamCompletingServletFilter;

/**
 * Auto-configuration for the end of WebSockets and streams of events at the shutdown of a
 * servlet application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = AsyncShutdownAutoConfiguration.class)
@ConditionalOnClass({ HttpServletRequest.class, OncePerRequestFilter.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class AsyncServletShutdownAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OpenServletStreams asyncOpenServletStreams() {
		return new OpenServletStreams();
	}

	@Bean
	@ConditionalOnMissingBean
	StreamCompletingServletFilter asyncStreamCompletingServletFilter(OpenServletStreams openStreams) {
		return new StreamCompletingServletFilter(openStreams);
	}

	/**
	 * The end of WebSockets.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ SimpleUrlHandlerMapping.class, WebSocketHttpRequestHandler.class })
	static class WebSocketConfiguration {

		@Bean
		@ConditionalOnMissingBean
		OpenServletWebSockets asyncOpenServletWebSockets() {
			return new OpenServletWebSockets();
		}

		@Bean
		static ServletWebSocketTracking asyncServletWebSocketTracking(
				ObjectProvider<OpenServletWebSockets> webSockets) {
			return new ServletWebSocketTracking(webSockets);
		}

	}

}
