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
				new Case("B1", "{\"calls\": 6, \"latency\": 50}"),
				new Case("B8", "{\"calls\": 20, \"callers\": 4, \"after\": 400, \"slow\": 20, \"slowLatency\": 3000}"),
				new Case("C1", "{\"latency\": 3000}"),
				new Case("C2", "{\"deadline\": 600, \"asked\": 300, \"latency\": 200}"),
				new Case("D1", "{\"callers\": 4, \"failures\": 2, \"backoff\": 20, \"latency\": 10}"),
				new Case("D3", "{\"rate\": 40, \"outage\": 500}"),
				new Case("D4", "{\"calls\": 24, \"permits\": 40, \"burst\": 8, \"latency\": 10}"),
				new Case("D5", "{\"callers\": 8, \"bound\": 2, \"latency\": 60, \"maxWait\": 10000}"),
				new Case("D7", "{\"outage\": 500, \"openFor\": 150, \"every\": 10}"),
				new Case("D8", "{\"calls\": 20}"));
	}

	@ParameterizedTest
	@MethodSource("cases")
	void provesWhatItPromises(Case given) {
		JsonNode run = this.gallery.run(given.pattern(), given.parameters());

		assertThat(run.at("/state").asString()).as(run.toPrettyString()).isEqualTo("done");
		assertThat(run.at("/result/proofs")).isNotEmpty()
			.allSatisfy((proof) -> assertThat(proof.at("/ok").asBoolean()).as(proof.toString()).isTrue());
		assertThat(run.at("/result/headline").asString()).isNotBlank();
		assertThat(run.at("/tasks")).allSatisfy((tasks) -> assertThat(
				tasks.at("/done").asInt() + tasks.at("/failed").asInt() + tasks.at("/cancelled").asInt())
			.isEqualTo(tasks.at("/total").asInt()));
	}

	@Test
	void runsBesideEachOtherDoNotDisturbEachOther() {
		List<Case> cases = List.of(new Case("D7", "{\"outage\": 400, \"openFor\": 100, \"every\": 10}"),
				new Case("D7", "{\"outage\": 400, \"openFor\": 100, \"every\": 10}"),
				new Case("D5", "{\"callers\": 6, \"bound\": 2, \"latency\": 60, \"maxWait\": 10000}"),
				new Case("D5", "{\"callers\": 6, \"bound\": 5, \"latency\": 60, \"maxWait\": 10000}"));
		List<JsonNode> runs = cases.stream()
			.map((started) -> this.gallery.start(started.pattern(), started.parameters()))
			.toList();

		runs.forEach((run) -> {
			this.gallery.events(run.at("/events").asString());
			JsonNode ended = this.gallery
				.get("/patterns/%s/runs/%s".formatted(run.at("/pattern").asString(), run.at("/id").asString()));
			assertThat(ended.at("/result/proven").asBoolean()).as(ended.toPrettyString()).isTrue();
		});
	}

	@Test
	void callThatHasSpentItsAttemptsFails() {
		JsonNode run = this.gallery.run("D1",
				"{\"callers\": 2, \"failures\": 5, \"maxAttempts\": 2, \"backoff\": 10, \"jitter\": \"none\"}");

		assertThat(run.at("/result/proven").asBoolean()).as(run.toPrettyString()).isTrue();
		assertThat(run.at("/tasks/").at("/failed").asInt()).isEqualTo(2);
		assertThat(figure(run, "attempts made")).isEqualTo(4);
	}

	@Test
	void callerThatWaitsInVainIsRefused() {
		JsonNode run = this.gallery.run("D5", "{\"callers\": 3, \"bound\": 1, \"latency\": 1000, \"maxWait\": 1}");

		assertThat(figure(run, "refused, of those that block") + figure(run, "refused, of those that do not"))
			.isBetween(1, 5);
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
