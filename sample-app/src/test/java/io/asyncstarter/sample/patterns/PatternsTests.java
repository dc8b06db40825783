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
		return Stream.of(new Case("A1", "{\"latency\": 600}"),
				new Case("A2", "{\"calls\": 30, \"latency\": 30, \"maxLag\": 5000}"),
				new Case("A3", "{\"jobs\": 4, \"below\": 400000, \"maxLatency\": 5000}"),
				new Case("A4", "{\"mails\": 9, \"latency\": 30}"), new Case("A5", "{\"calls\": 3, \"latency\": 20}"),
				new Case("A6", "{}"), new Case("A7", "{\"deadline\": 20000, \"latency\": 2000}"),
				new Case("A8", "{\"requests\": 8, \"items\": 2, \"latency\": 30}"),
				new Case("A9", "{\"loops\": 2, \"time\": 400}"), new Case("B1", "{\"calls\": 6, \"latency\": 50}"),
				new Case("B2", "{\"calls\": 4, \"step\": 200}"),
				new Case("B3", "{\"latency\": 20, \"deadline\": 4000}"),
				new Case("B4", "{\"ends\": \"one child fails\", \"latency\": 8000}"), new Case("B5", "{}"),
				new Case("B6", "{\"calls\": 4, \"step\": 30, \"timeout\": 500}"),
				new Case("B7", "{\"calls\": 4, \"step\": 400, \"timeout\": 10000}"),
				new Case("B8", "{\"calls\": 20, \"callers\": 4, \"after\": 400, \"slowLatency\": 3000}"),
				new Case("B9", "{\"items\": 5000, \"limit\": 20}"), new Case("B10", "{\"items\": 25, \"latency\": 40}"),
				new Case("B11", "{\"mails\": 4, \"latency\": 2000}"),
				new Case("B12", "{\"tasks\": 3, \"latency\": 8000}"), new Case("B13", "{\"latency\": 2000}"),
				new Case("B14", "{\"timeout\": 3000, \"deadline\": 15000}"), new Case("C1", "{\"latency\": 3000}"),
				new Case("C2", "{\"deadline\": 600, \"asked\": 300, \"latency\": 200}"),
				new Case("C3", "{\"deadline\": 1500, \"gateway\": 50, \"stock\": 6000}"),
				new Case("D1", "{\"callers\": 4, \"failures\": 2, \"backoff\": 20, \"latency\": 10}"),
				new Case("D2", "{\"deadline\": 20000}"), new Case("D3", "{\"rate\": 40, \"outage\": 500}"),
				new Case("D4", "{\"calls\": 24, \"permits\": 40, \"burst\": 8, \"latency\": 10}"),
				new Case("D5", "{\"callers\": 8, \"bound\": 2, \"latency\": 60, \"maxWait\": 10000}"),
				new Case("D6", "{\"items\": 80}"), new Case("D7", "{\"outage\": 500, \"openFor\": 150, \"every\": 10}"),
				new Case("D8", "{\"calls\": 20}"), new Case("E1", "{\"items\": 20, \"making\": 1, \"processing\": 30}"),
				new Case("E2", "{\"mails\": 20, \"latency\": 20}"),
				new Case("E3", "{\"items\": 20, \"latency\": 10, \"slowest\": 30}"),
				new Case("E4", "{\"latency\": 20, \"reading\": 5}"), new Case("E5", "{\"size\": 40}"),
				new Case("E6", "{\"trickle\": 6}"), new Case("E7", "{\"latency\": 100}"),
				new Case("E8", "{\"latency\": 150}"), new Case("F1", "{\"latency\": 300}"),
				new Case("F2", "{\"deadline\": 2000, \"cleanup\": 2000}"),
				new Case("F3", "{\"calls\": 24, \"callers\": 8, \"perHost\": 2, \"latency\": 30}"),
				new Case("F4", "{\"queries\": 12, \"latency\": 200, \"rows\": 20000}"),
				new Case("F5", "{\"latency\": 300}"), new Case("F6", "{\"callers\": 20, \"latency\": 600}"),
				new Case("F7", "{\"megabytes\": 8, \"maxLag\": 5000}"),
				new Case("G1", "{\"tasks\": 20, \"latency\": 300}"), new Case("G2", "{}"),
				new Case("H1", "{\"every\": 150}"), new Case("H2", "{\"clients\": 4}"),
				new Case("I1", "{\"orders\": 6, \"grace\": 10000}"),
				new Case("I2", "{\"invoices\": 2, \"takes\": 1500}"),
				new Case("I5", "{\"calls\": 30, \"latency\": 40}"));
	}

	// the other ways in which the work can end
	static Stream<Case> endings() {
		return Stream.of(new Case("A9", "{\"loops\": 1, \"time\": 300, \"transport\": \"nio\"}"),
				new Case("B2", "{\"ends\": \"one fails\"}"), new Case("B2", "{\"ends\": \"the caller is cancelled\"}"),
				new Case("B3", "{\"late\": false, \"deadline\": 8000}"),
				new Case("B4", "{\"ends\": \"the body fails\", \"latency\": 8000}"),
				new Case("B4", "{\"ends\": \"the caller is cancelled\", \"latency\": 8000}"),
				new Case("B4", "{\"ends\": \"all succeed\", \"latency\": 300}"),
				new Case("B5", "{\"bodyFails\": false, \"late\": 5}"),
				new Case("B6", "{\"calls\": 3, \"failing\": false, \"step\": 30}"),
				new Case("B7", "{\"ends\": \"one fails\", \"calls\": 4, \"step\": 400, \"timeout\": 10000}"),
				new Case("B7", "{\"ends\": \"one is too late\", \"calls\": 3, \"step\": 400, \"timeout\": 4000}"),
				new Case("B8", "{\"mode\": \"race\", \"slowLatency\": 5000}"),
				new Case("B8", "{\"mode\": \"race that all lose\", \"slowLatency\": 5000}"),
				new Case("B9", "{\"ends\": \"the stream is closed half way\", \"items\": 5000}"),
				new Case("B9", "{\"ends\": \"an item half way fails\", \"items\": 5000}"),
				new Case("B10", "{\"failing\": true, \"latency\": 100}"),
				new Case("B14", "{\"failing\": false, \"hanging\": false, \"timeout\": 5000}"),
				new Case("C3", "{\"client\": \"hops-untold\", \"deadline\": 1500, \"gateway\": 50, \"stock\": 3000}"),
				new Case("C3", "{\"deadline\": 5000, \"gateway\": 20, \"stock\": 20}"),
				new Case("D6", "{\"client\": \"store-unpaced\", \"items\": 80, \"allowed\": 40}"),
				new Case("D6", "{\"client\": \"store-bare\", \"items\": 40}"),
				new Case("E1", "{\"queue\": \"unbounded\", \"items\": 20, \"making\": 1, \"processing\": 30}"),
				new Case("E3", "{\"pipeline\": \"one Flux\", \"items\": 20, \"latency\": 10, \"slowest\": 30}"),
				new Case("E4", "{\"stream\": \"a Stream\", \"latency\": 20, \"reading\": 5}"),
				new Case("E4", "{\"stream\": \"a Stream, several pages at a time\", \"reading\": 5}"),
				new Case("E4", "{\"stream\": \"a Flux with Reactor's own prefetch\", \"latency\": 1, \"reading\": 30}"),
				new Case("E5", "{\"how\": \"a Flux of lines, read on executor io\", \"size\": 40}"),
				new Case("E5", "{\"how\": \"a Flux of lines, and no thread that waits\", \"size\": 40}"),
				new Case("E5", "{\"how\": \"all lines first\", \"size\": 40}"),
				new Case("E7", "{\"orders\": 40, \"latency\": 30}"),
				new Case("F2", "{\"ends\": \"the work succeeds\"}"),
				new Case("F2", "{\"ends\": \"the work fails\", \"failing\": 2}"),
				new Case("F2", "{\"ends\": \"the caller is cancelled\"}"),
				new Case("F3", "{\"pool\": \"none\", \"calls\": 12, \"latency\": 20}"),
				new Case("F4",
						"{\"queries\": 8, \"connections\": 1, \"maxWait\": 300, \"latency\": 200, \"rows\": 5000}"),
				new Case("G2", "{\"interrupted\": false}"), new Case("H2", "{\"clients\": 2, \"untracked\": false}"),
				new Case("I1", "{\"orders\": 6, \"stuck\": \"needs an interrupt\", \"grace\": 1500}"),
				new Case("I1", "{\"orders\": 6, \"stuck\": \"ignores even that\", \"grace\": 1500}"),
				new Case("I1", "{\"orders\": 50, \"latency\": 300, \"grace\": 500}"));
	}

	@ParameterizedTest
	@MethodSource({ "cases", "endings" })
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
