package io.asyncstarter.sample.gallery;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the time that a run may take.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "async.executors.gallery.run-timeout=500ms")
@Timeout(60)
class RunTimeLimitTests {

	@LocalServerPort
	private int port;

	@Test
	void whenRunTakesTooLongThenItIsStoppedAndSaysSo() {
		GalleryClient gallery = new GalleryClient(this.port);

		JsonNode run = gallery.run("B1", "{\"calls\": 50, \"latency\": 1000}");

		assertThat(run.at("/state").asString()).isEqualTo("timed-out");
		assertThat(run.at("/error").asString()).contains("run-timeout");
		assertThat(run.at("/tookMs").asLong()).isBetween(400L, 20_000L);
		assertThat(run.at("/tasks/sequential/cancelled").asInt()).isOne();
	}

}
