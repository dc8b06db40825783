package io.asyncstarter.sample.streaming;

import java.time.Duration;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/**
 * Asks this server for items, over HTTP. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@Component
public class StreamClient {

	private final StreamWatches watches;

	private volatile @Nullable WebClient http;

	StreamClient(StreamWatches watches) {
		this.watches = watches;
	}

	@EventListener
	void started(WebServerInitializedEvent event) {
		if (event.getApplicationContext().getServerNamespace() == null) {
			this.http = WebClient.create("http://127.0.0.1:" + event.getWebServer().getPort());
		}
	}

	/**
	 * Begin to watch an answer from the server's side.
	 * @param name the name of the answer
	 * @param onItem told the number of each item that was made; may not block
	 * @return what is seen, until it is closed
	 */
	public StreamWatch watch(String name, IntConsumer onItem) {
		return this.watches.watch(name, onItem);
	}

	/**
	 * Ask for items, each of which is sent when it is there.
	 * @param name the name of the answer
	 * @param items how many
	 * @param every how long it takes to make one
	 * @return the items, as they come
	 */
	public Flux<Integer> items(String name, int items, Duration every) {
		return get("/stream/items", name, items, every);
	}

	/**
	 * Ask for items that are sent together.
	 * @param name the name of the answer
	 * @param items how many
	 * @param every how long it takes to make one
	 * @return the items
	 */
	public Flux<Integer> list(String name, int items, Duration every) {
		return get("/stream/list", name, items, every);
	}

	private Flux<Integer> get(String path, String name, int items, Duration every) {
		WebClient http = this.http;
		if (http == null) {
			throw new IllegalStateException("The web server has not started yet");
		}
		return http.get()
			.uri(path + "?watch={name}&items={items}&every={every}", name, items, every.toMillis())
			.retrieve()
			.bodyToFlux(Integer.class);
	}

}
