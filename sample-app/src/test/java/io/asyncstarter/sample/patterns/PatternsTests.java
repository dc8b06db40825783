package io.asyncstarter.sample.patterns;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

import io.asyncstarter.sample.gallery.GalleryClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs every pattern and looks at what it proves. The parameters make the runs short;
 * limits on times are wide, since the machine may be busy with something else.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(120)
class PatternsTests {

	@LocalServerPort
	private int port;

	private GalleryClient gallery;

	@BeforeEach
	void connect() {
		this.gallery = new GalleryClient(this.port);
	}

	static Stream<Case> cases() {
		return Stream.of(new Case("A2", "{\"calls\": 30, \"latency\": 30, \"maxLag\": 5000}"),
				new Case("A3", "{\"jobs\": 4, \"below\": 400000, \"maxLatency\": 5000}"),
				new Case("A4", "{\"mails\": 9, \"latency\": 30}"), new Case("A6", "{}"),
				new Case("B1", "{\"calls\": 6, \"latency\": 50}"));
	}

	@ParameterizedTest
	@MethodSource("cases")
	void provesWhatItPromises(Case given) {
		JsonNode run = this.gallery.run(given.pattern(), given.parameters());

		assertThat(run.at("/state").asString()).as(run.toPrettyString()).isEqualTo("done");
		assertThat(run.at("/result/proofs")).isNotEmpty()
			.allSatisfy((proof) -> assertThat(proof.at("/ok").asBoolean()).as(proof.toString()).isTrue());
		assertThat(run.at("/result/headline").asString()).isNotBlank();
		assertThat(run.at("/tasks")).isNotEmpty()
			.allSatisfy((tasks) -> assertThat(tasks.at("/done")).isEqualTo(tasks.at("/total")));
	}

	@Test
	void everyPatternIsTried() {
		List<String> ids = new ArrayList<>();
		this.gallery.get("/patterns").forEach((pattern) -> ids.add(pattern.at("/id").asString()));

		assertThat(ids).containsExactlyElementsOf(cases().map(Case::pattern).toList());
	}

	@Test
	void boundedCallsUseTheBoundOfTheExecutorAndNoMore() {
		JsonNode run = this.gallery.run("A2", "{\"calls\": 40, \"latency\": 50, \"maxLag\": 5000}");

		assertThat(figure(run, "bound of the executor")).isEqualTo(8);
		assertThat(figure(run, "most calls at once, seen by the upstream")).isBetween(2, 8);
	}

	@Test
	void contextIsTheRequestIdOfTheCaller() {
		JsonNode run = this.gallery.run("A6", "{}");

		assertThat(run.at("/result/tables/0/rows")).hasSize(7)
			.allSatisfy((row) -> assertThat(row.get(2).asString()).isEqualTo("test-A6"));
	}

	private static int figure(JsonNode run, String name) {
		for (JsonNode figure : run.at("/result/figures")) {
			if (figure.at("/name").asString().equals(name)) {
				return figure.at("/value").asInt();
			}
		}
		throw new AssertionError("No figure '" + name + "' in " + run);
	}

	record Case(String pattern, String parameters) {

	}

}
