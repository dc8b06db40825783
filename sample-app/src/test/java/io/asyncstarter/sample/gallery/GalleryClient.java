package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.List;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * Talks to a running gallery as curl would.
 *
 * @since 0.1.0
 */
public final class GalleryClient {

	private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> EVENT = new ParameterizedTypeReference<>() {
	};

	private final WebTestClient http;

	public GalleryClient(int port) {
		this.http = WebTestClient.bindToServer()
			.baseUrl("http://127.0.0.1:" + port)
			.responseTimeout(Duration.ofSeconds(60))
			.build();
	}

	public WebTestClient http() {
		return this.http;
	}

	public JsonNode run(String pattern, String parameters) {
		return body(this.http.post()
			.uri("/patterns/{id}/runs", pattern)
			.header("X-Request-Id", "test-" + pattern)
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(parameters));
	}

	public JsonNode get(String path) {
		return body(this.http.get().uri(path));
	}

	public JsonNode start(String pattern, String parameters) {
		return body(this.http.post()
			.uri("/patterns/{id}/runs", pattern)
			.header("Prefer", "respond-async")
			.bodyValue(parameters));
	}

	public List<ServerSentEvent<JsonNode>> events(String path) {
		return this.http.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(EVENT)
			.getResponseBody()
			.collectList()
			.blockOptional(Duration.ofSeconds(60))
			.orElseThrow();
	}

	private static JsonNode body(WebTestClient.RequestHeadersSpec<?> request) {
		JsonNode body = request.exchange()
			.expectStatus()
			.is2xxSuccessful()
			.expectBody(JsonNode.class)
			.returnResult()
			.getResponseBody();
		if (body == null) {
			throw new AssertionError("The answer has no body");
		}
		return body;
	}

}
