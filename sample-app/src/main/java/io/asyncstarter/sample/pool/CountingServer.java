package io.asyncstarter.sample.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

import io.netty.channel.Channel;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.FutureMono;
import reactor.netty.http.server.HttpServer;

/**
 * A small server on a free port of this machine that keeps connections open and counts
 * them. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class CountingServer implements AutoCloseable {

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger mostOpen = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final DisposableServer server;

	/**
	 * Start a server.
	 * @param latency how long it takes for a request
	 * @param onChange told how many connections are open; called on the event loop, may
	 * not block
	 */
	public CountingServer(Duration latency, IntConsumer onChange) {
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.doOnChannelInit((observer, channel, address) -> count(channel, onChange))
			.handle((request, response) -> {
				this.requests.incrementAndGet();
				return response.sendString(Mono.delay(latency).thenReturn("pong"));
			})
			.bindNow();
	}

	private void count(Channel channel, IntConsumer onChange) {
		this.opened.incrementAndGet();
		int now = this.open.incrementAndGet();
		this.mostOpen.accumulateAndGet(now, Math::max);
		onChange.accept(now);
		FutureMono.from(channel.closeFuture())
			.doFinally((signal) -> onChange.accept(this.open.decrementAndGet()))
			.subscribe();
	}

	/**
	 * Where the server is.
	 * @return its URL
	 */
	public String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	/**
	 * The connections that were opened so far.
	 * @return their number
	 */
	public int opened() {
		return this.opened.get();
	}

	/**
	 * The most connections that were open at once.
	 * @return the greatest number seen
	 */
	public int mostOpen() {
		return this.mostOpen.get();
	}

	/**
	 * The requests that came.
	 * @return their number
	 */
	public int requests() {
		return this.requests.get();
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(3));
	}

}
