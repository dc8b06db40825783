package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.monitor.EventLoopMonitor;
import io.asyncstarter.monitor.EventLoopSource;
import io.asyncstarter.monitor.MonitorListener;

/**
 * Auto-configuration for the monitors of event loops, virtual threads and pinning.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties(AsyncProperties.class)
public final class AsyncMonitorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AsyncMonitor asyncMonitor(AsyncProperties properties, ObjectProvider<EventLoopSource> sources,
			ObjectProvider<MonitorListener> listeners) {
		MonitorProperties monitor = properties.monitor();
		AsyncMonitor.Builder builder = AsyncMonitor.builder();
		if (monitor.eventLoop().enabled()) {
			builder.eventLoops(monitor.eventLoop().warnAbove(), monitor.eventLoop().startAfter());
			sources.orderedStream().forEach(builder::source);
		}
		if (monitor.virtualThreads().enabled()) {
			builder.virtualThreads(monitor.virtualThreads().warnAbove(), monitor.virtualThreads().startAfter());
		}
		if (monitor.pinning().enabled()) {
			builder.pinning(monitor.pinning().warnAbove(), monitor.pinning().startAfter());
		}
		AsyncMonitor built = builder.build();
		listeners.orderedStream().forEach(built::addListener);
		return built;
	}

	@Bean
	@ConditionalOnMissingBean
	EventLoopMonitor asyncEventLoopMonitor(AsyncMonitor monitor) {
		return monitor.getEventLoops();
	}

	@Bean
	MonitorReadiness asyncMonitorReadiness(AsyncMonitor monitor) {
		return new MonitorReadiness(monitor);
	}

	/**
	 * Finds the event loops of Reactor Netty.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ LoopResources.class, ReactorResourceFactory.class })
	static class ReactorNettyConfiguration {

		@Bean
		ReactorNettyEventLoops asyncReactorNettyEventLoops(ObjectProvider<ReactorResourceFactory> factories,
				ObjectProvider<LoopResources> resources) {
			return new ReactorNettyEventLoops(factories, resources);
		}

	}

}
