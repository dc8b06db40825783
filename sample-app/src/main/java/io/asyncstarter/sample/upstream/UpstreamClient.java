package io.asyncstarter.sample.upstream;

import java.net.http.HttpClient;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.requestid.RequestId;

/**
 * Calls the upstream over HTTP. Every call carries the request id of its caller.
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@Component
public class UpstreamClient {

	private static final String ITEM = "/upstream/items/{id}?latency={latency}&failures={failures}&failFirst={failFirst}"
			+ "&slow={slow}&slowLatency={slowLatency}&seed={seed}&run={run}&group={group}";

	private volatile @Nullable Clients clients;

	// find the port out, once there is one: it may be random
	@EventListener
	void started(WebServerInitializedEvent event) {
		if (event.getApplicationContext().getServerNamespace() == null) {
			this.clients = Clients.of("http://127.0.0.1:" + event.getWebServer().getPort());
		}
	}

	// the first call of each client is slow, and nobody's concern
	@EventListener(ApplicationReadyEvent.class)
	void warmUp() {
		item(UpstreamRequest.of("", 1));
		itemMono(UpstreamRequest.of("", 1)).block();
	}

	/**
	 * Get an item, blocking this thread until it is there.
	 * @param id the number of the item
	 * @param latency how long the upstream takes
	 * @param run the id of the run
	 * @return the item
	 */
	public Item item(int id, Duration latency, String run) {
		return item(UpstreamRequest.of(run, id).latency(latency));
	}

	/**
	 * Get an item, blocking this thread until it is there. An interrupt ends the wait and
	 * closes the connection.
	 * @param request which item, and how the upstream shall behave
	 * @return the item
	 */
	public Item item(UpstreamRequest request) {
		Item item = clients().blocking().get().uri(ITEM, request.variables()).retrieve().body(Item.class);
		if (item == null) {
			throw new IllegalStateException("The upstream sent no item");
		}
		return item;
	}

	/**
	 * Get an item without blocking any thread. A cancellation closes the connection.
	 * @param request which item, and how the upstream shall behave
	 * @return the item
	 */
	public Mono<Item> itemMono(UpstreamRequest request) {
		return clients().reactive().get().uri(ITEM, request.variables()).retrieve().bodyToMono(Item.class);
	}

	/**
	 * Get an answer as soon as the event loop can give one.
	 * @return the answer
	 */
	public Mono<String> ping() {
		return get("/upstream/ping");
	}

	/**
	 * Have the upstream write a log line.
	 * @param run the id of the run
	 * @return the answer
	 */
	public Mono<String> log(String run) {
		return get("/upstream/log?run={run}", run);
	}

	/**
	 * Have the upstream count primes on its event loop.
	 * @param below the number below which to count
	 * @return how many there are
	 */
	public Mono<Integer> primes(int below) {
		return get("/upstream/primes?below={below}", below).map(Integer::valueOf);
	}

	private Mono<String> get(String uri, Object... variables) {
		return clients().reactive().get().uri(uri, variables).retrieve().bodyToMono(String.class);
	}

	private Clients clients() {
		Clients clients = this.clients;
		if (clients == null) {
			throw new IllegalStateException("The web server has not started yet");
		}
		return clients;
	}

	/**
	 * One client that blocks, and one that does not.
	 */
	private record Clients(RestClient blocking, WebClient reactive) {

		static Clients of(String baseUrl) {
			HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			RestClient blocking = RestClient.builder()
				.baseUrl(baseUrl)
				.requestFactory(new JdkClientHttpRequestFactory(http))
				.requestInterceptor((request, body, execution) -> {
					String id = RequestId.current();
					if (id != null) {
						request.getHeaders().set(RequestId.HEADER, id);
					}
					return execution.execute(request, body);
				})
				.build();
			WebClient reactive = WebClient.builder()
				.baseUrl(baseUrl)
				.filter((request, next) -> Mono.deferContextual(
						(context) -> context.hasKey(RequestId.KEY) ? next.exchange(ClientRequest.from(request)
							.header(RequestId.HEADER, context.<String>get(RequestId.KEY))
							.build()) : next.exchange(request)))
				.build();
			return new Clients(blocking, reactive);
		}

	}

}
