package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.monitor.EventLoopMonitor;
import io.asyncstarter.monitor.EventLoopSource;

/**
 * The event loops that servers and clients of Reactor Netty run on, as far as they are
 * known to the application context.
 */
final class ReactorNettyEventLoops implements EventLoopSource {

	private final ObjectProvider<ReactorResourceFactory> factories;

	private final ObjectProvider<LoopResources> resources;

	ReactorNettyEventLoops(ObjectProvider<ReactorResourceFactory> factories, ObjectProvider<LoopResources> resources) {
		this.factories = factories;
		this.resources = resources;
	}

	@Override
	public void registerAt(EventLoopMonitor eventLoops) {
		this.factories.stream().forEach((factory) -> register(eventLoops, factory.getLoopResources()));
		this.resources.stream().forEach((own) -> register(eventLoops, own));
	}

	private static void register(EventLoopMonitor eventLoops, LoopResources resources) {
		eventLoops.register("reactor-http", resources.onServer(LoopResources.DEFAULT_NATIVE));
		eventLoops.register("reactor-http-client", resources.onClient(LoopResources.DEFAULT_NATIVE));
	}

}
