package io.asyncstarter.sample.gallery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the HTTP interface of the gallery, over a real socket.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(120)
class GalleryApiTests {

	private static final String QUICK = "{\"calls\": 4, \"latency\": 10}";

	private static final String LONG = "{\"calls\": 50, \"latency\": 1000}";

	@LocalServerPort
	private int port;

	private GalleryClient gallery;

	@BeforeEach
	void connect() {
		this.gallery = new GalleryClient(this.port);
	}

	@Test
	void patternsAreListedInTheOrderOfTheCatalogue() {
		JsonNode patterns = this.gallery.get("/patterns");

		assertThat(patterns).extracting((pattern) -> pattern.at("/id").asString()).startsWith("A1", "A2");
		assertThat(patterns).allSatisfy((pattern) -> {
			assertThat(pattern.at("/group/title").asString()).isNotBlank();
			assertThat(pattern.at("/summary").asString()).isNotBlank();
			assertThat(pattern.at("/useWhen").asString()).isNotBlank();
			assertThat(pattern.at("/asyncio/code").asString()).isNotBlank();
			assertThat(pattern.at("/parameters").isArray()).isTrue();
		});
	}

	@Test
	void sourceIsTheOneThatWasCompiled() throws IOException {
		for (JsonNode listed : this.gallery.get("/patterns")) {
			JsonNode source = this.gallery.get("/patterns/" + listed.at("/id").asString()).at("/source");
			Path file = Path.of("src/main/java/io/asyncstarter/sample/patterns", source.at("/file").asString());
			String real = Files.readString(file);

			assertThat(real.lines().filter((line) -> !line.contains("::run[]")).toList())
				.isEqualTo(source.at("/full").asString().lines().toList());
			assertThat(source.at("/code").asString()).startsWith("@Override\npublic RunResult run(PatternRun run)");
			source.at("/code").asString().lines().forEach((line) -> assertThat(real).contains(line.strip()));
		}
	}

	@Test
	void yamlIsTheOneThatItRunsWith() throws IOException {
		String application = Files.readString(Path.of("src/main/resources/application.yml"));
		List<String> configured = new ArrayList<>();
		for (JsonNode listed : this.gallery.get("/patterns")) {
			JsonNode yaml = this.gallery.get("/patterns/" + listed.at("/id").asString()).at("/yaml");
			if (yaml.isString()) {
				configured.add(listed.at("/id").asString());
				yaml.asString().lines().forEach((line) -> assertThat(application.lines()).contains(line));
			}
		}

		assertThat(configured).contains("A2", "C1", "D1", "D3", "D4", "D5", "D7", "D8");
	}

	@Test
	void whereToReadMoreIsThere() {
		this.gallery.get("/patterns").forEach((pattern) -> {
			String page = pattern.at("/docs").asString();
			assertThat(page).startsWith("/docs.html#");
			this.gallery.http()
				.get()
				.uri("/docs/" + page.substring(page.indexOf('#') + 1).replaceAll(":.*", "") + ".md")
				.exchange()
				.expectStatus()
				.isOk();
		});
	}

	@Test
	void documentationIsServedAsItIs() {
		List<String> pages = new ArrayList<>();
		this.gallery.get("/docs").forEach((page) -> pages.add(page.asString()));

		assertThat(pages).contains("choosing", "deadlines", "policies", "policies/retry");
		for (String page : pages) {
			this.gallery.http()
				.get()
				.uri("/docs/" + page + ".md")
				.exchange()
				.expectBody(String.class)
				.value((text) -> assertThat(text).isEqualTo(read(Path.of("../docs", page + ".md"))));
		}
	}

	@Test
	void runAnswersWithTheResultAndWhereToFindIt() {
		this.gallery.http()
			.post()
			.uri("/patterns/B1/runs")
			.contentType(MediaType.APPLICATION_FORM_URLENCODED)
			.bodyValue(QUICK)
			.exchange()
			.expectStatus()
			.isCreated()
			.expectHeader()
			.valueMatches(HttpHeaders.LOCATION, "/patterns/B1/runs/[0-9a-f]{8}")
			.expectBody()
			.jsonPath("$.state")
			.isEqualTo("done")
			.jsonPath("$.parameters.calls")
			.isEqualTo(4)
			.jsonPath("$.result.proven")
			.isEqualTo(true);
	}

	@Test
	void parametersMayComeInTheQuery() {
		this.gallery.http()
			.post()
			.uri("/patterns/b1/runs?calls=3&latency=5")
			.exchange()
			.expectStatus()
			.isCreated()
			.expectBody()
			.jsonPath("$.parameters.calls")
			.isEqualTo(3);
	}

	@Test
	void runCanBeReadAgain() {
		JsonNode run = this.gallery.run("B1", QUICK);

		JsonNode again = this.gallery.get("/patterns/B1/runs/" + run.at("/id").asString());

		assertThat(again).isEqualTo(run);
	}

	@Test
	void eventsAreCompleteAndOrderedForThoseWhoComeEarlyAndLate() {
		JsonNode run = this.gallery.start("B1", "{\"calls\": 5, \"latency\": 40}");
		String path = run.at("/events").asString();

		List<JsonNode> early = data(this.gallery.events(path));
		List<JsonNode> late = data(this.gallery.events(path));

		assertThat(run.at("/state").asString()).isIn("queued", "running");
		assertThat(late).isEqualTo(early);
		for (int i = 0; i < early.size(); i++) {
			assertThat(early.get(i).at("/seq").asInt()).isEqualTo(i);
		}
		assertThat(early).extracting((event) -> event.at("/at").asLong()).isSorted();
		assertThat(statesOf(early, "sequential", "call 1")).containsExactly("running", "done");
		assertThat(statesOf(early, "concurrent", "call 5")).containsExactly("queued", "running", "done");
		assertThat(early.getLast().at("/kind").asString()).isEqualTo("end");
		assertThat(early.getLast().at("/state").asString()).isEqualTo("done");
	}

	@Test
	void whenClientReconnectsThenEventsGoOnAfterTheLastOneSeen() {
		JsonNode run = this.gallery.run("B1", QUICK);

		String first = this.gallery.http()
			.get()
			.uri(run.at("/events").asString())
			.header("Last-Event-ID", "6")
			.exchange()
			.returnResult(String.class)
			.getResponseBody()
			.blockFirst(Duration.ofSeconds(20));

		assertThat(first).contains("\"seq\":7");
	}

	@Test
	void runCanBeWatchedInOneRequest() {
		String body = String.join("\n",
				this.gallery.http()
					.post()
					.uri("/patterns/B1/runs?calls=2&latency=5")
					.accept(MediaType.TEXT_EVENT_STREAM)
					.exchange()
					.expectHeader()
					.contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
					.returnResult(String.class)
					.getResponseBody()
					.collectList()
					.blockOptional(Duration.ofSeconds(20))
					.orElseThrow());

		assertThat(body).contains("\"kind\":\"lane\"").contains("\"kind\":\"end\"");
	}

	@Test
	void whenParametersAreWrongThenEachIsNamed() {
		this.gallery.http()
			.post()
			.uri("/patterns/B1/runs")
			.bodyValue("{\"calls\": 100000, \"latncy\": 5}")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.parameters[0].key")
			.isEqualTo("calls")
			.jsonPath("$.parameters[0].value")
			.isEqualTo(100000)
			.jsonPath("$.parameters[0].reason")
			.isEqualTo("it is not a whole number from 2 to 100")
			.jsonPath("$.parameters[1].fix")
			.isEqualTo("Did you mean 'latency'? It has calls, latency");
	}

	@Test
	void whenBodyIsNoJsonThenThatIsSaid() {
		this.gallery.http()
			.post()
			.uri("/patterns/B1/runs")
			.bodyValue("calls=3")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.title")
			.isEqualTo("Unreadable parameters");
	}

	@Test
	void whenThereIsNoSuchPatternThenThoseThatThereAreAreNamed() {
		this.gallery.http()
			.get()
			.uri("/patterns/Z9")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains("'Z9'").contains("B1"));
	}

	@Test
	void whenThereIsNoSuchRunThenThatIsSaid() {
		this.gallery.http()
			.get()
			.uri("/patterns/B1/runs/nope")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains("'nope'"));
	}

	@Test
	void whenDeletedThenRunStops() {
		JsonNode run = this.gallery.start("B1", LONG);

		this.gallery.http().delete().uri(path(run)).exchange().expectStatus().isNoContent();

		JsonNode end = data(this.gallery.events(run.at("/events").asString())).getLast();
		assertThat(end.at("/state").asString()).isEqualTo("cancelled");
		assertThat(this.gallery.get(path(run)).at("/error").asString()).contains("stopped");
	}

	@Test
	void whenTheOneWhoWatchesLeavesThenRunStops() {
		String first = this.gallery.http()
			.post()
			.uri("/patterns/B1/runs")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.bodyValue(LONG)
			.exchange()
			.returnResult(String.class)
			.getResponseBody()
			.blockFirst(Duration.ofSeconds(20));

		assertThat(first).isNotNull();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> this.gallery.get("/patterns/B1/runs").get(0).at("/state").asString(), "cancelled"::equals);
	}

	@Test
	void whenThereAreTooManyRunsThenMoreAreRefused() {
		List<JsonNode> started = new ArrayList<>();
		try {
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
				HttpStatus status = HttpStatus.valueOf(this.gallery.http()
					.post()
					.uri("/patterns/B1/runs")
					.header("Prefer", "respond-async")
					.bodyValue(LONG)
					.exchange()
					.expectBody(JsonNode.class)
					.consumeWith((result) -> {
						JsonNode body = result.getResponseBody();
						if (body != null && result.getStatus().is2xxSuccessful()) {
							started.add(body);
						}
					})
					.returnResult()
					.getStatus()
					.value());
				return status == HttpStatus.SERVICE_UNAVAILABLE;
			});
			assertThat(started).hasSize(20);
		}
		finally {
			started.forEach((run) -> this.gallery.http().delete().uri(path(run)).exchange());
		}
		started.forEach((run) -> assertThat(data(this.gallery.events(run.at("/events").asString()))).isNotEmpty());
	}

	@Test
	void pageMayOnlyUseItsOwnScriptsAndStyles() {
		this.gallery.http()
			.get()
			.uri("/")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.contentTypeCompatibleWith(MediaType.TEXT_HTML)
			.expectHeader()
			.value("Content-Security-Policy", (policy) -> assertThat(policy).contains("script-src 'self'"))
			.expectBody(String.class)
			.value((page) -> assertThat(page).doesNotContain("style=").doesNotContain("onclick"));
	}

	@Test
	void executorsCanBeLookedAt() {
		JsonNode executors = this.gallery.get("/actuator/async");

		assertThat(executors.toString()).contains("upstream").contains("mailer").contains("gallery").contains("cpu");
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String path(JsonNode run) {
		return "/patterns/" + run.at("/pattern").asString() + "/runs/" + run.at("/id").asString();
	}

	private static List<JsonNode> data(List<ServerSentEvent<JsonNode>> events) {
		List<JsonNode> data = new ArrayList<>();
		for (ServerSentEvent<JsonNode> event : events) {
			JsonNode json = event.data();
			if (json != null) {
				data.add(json);
			}
		}
		return data;
	}

	private static List<String> statesOf(List<JsonNode> events, String group, String name) {
		return events.stream()
			.filter((event) -> event.at("/group").asString("").equals(group))
			.filter((event) -> event.at("/name").asString("").equals(name))
			.map((event) -> event.at("/state").asString())
			.toList();
	}

}
