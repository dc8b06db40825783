package io.asyncstarter.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring MVC in a real servlet container, called over real sockets: deadlines of
 * requests, answers to what is refused, and clients that leave.
 */
@Timeout(120)
class ServletContainerTests {

	private static final String[] PROPERTIES = { "server.port=0", "server.tomcat.threads.max=4",
			"spring.main.banner-mode=off", "async.monitor.pinning.enabled=false", "async.deadline.http.inbound=true",
			"async.deadline.http.max=20s", "async.executors.small.max-concurrency=1",
			"async.executors.small.queue-capacity=0", "async.rate-limiters.quota.permits=1",
			"async.rate-limiters.quota.per=100s", "async.rate-limiters.quota.max-wait=0",
			"async.policies.limited.rate-limiter=quota", "async.policies.broken.timeout=10s",
			"async.policies.broken.circuit-breaker.open-for=60s", "async.policies.full.bulkhead.max-concurrency=1",
			"async.policies.full.bulkhead.max-wait=0", "async.policies.streams.bulkhead.max-concurrency=1" };

	private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		context = run(Application.class);
	}

	@AfterAll
	static void close() {
		context.close();
		HTTP.close();
	}

	@Test
	void requestHasTheTimeThatItsHeaderTells() throws Exception {
		assertThat(Long.parseLong(get("/remaining", "5000").body())).isBetween(1L, 5000L);
		assertThat(Long.parseLong(get("/remaining", "60000").body())).as("no more than the maximum")
			.isBetween(1L, 20_000L);
		assertThat(get("/remaining", "soon").body()).isEqualTo("unbounded");
		assertThat(context.getBean(DeadlineHeader.class).getIgnoredCount(DeadlineHeader.Ignored.MALFORMED))
			.isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "thread", "io", "callable", "deferred", "future", "mono" })
	void requestWhoseTimeIsOverIsInterruptedAndAnswered504(String kind) throws Exception {
		HttpResponse<String> answer = get("/%s/504-%s".formatted(kind, kind), "500");

		assertThat(answer.statusCode()).isEqualTo(504);
		assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
		assertThat(answer.body()).contains("\"status\":504");
		assertThat(work().ended("504-" + kind).get()).isEqualTo("interrupted");
		awaitIdle();
	}

	@Test
	void requestWithoutTimeIsNotBegun() throws Exception {
		assertThat(get("/thread/unbegun", "0").statusCode()).isEqualTo(504);

		assertThat(work().begun("unbegun")).isNotDone();
	}

	@Test
	void threadsThatWereInterruptedServeTheNextRequests() throws Exception {
		for (int i = 0; i < 4; i++) {
			assertThat(get("/thread/next-" + i, "50").statusCode()).isEqualTo(504);
		}

		for (int i = 0; i < 8; i++) {
			HttpResponse<String> answer = get("/remaining", null);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("unbounded");
		}
	}

	@Test
	void rateLimitIsAnswered429WithWhenToComeBack() throws Exception {
		assertThat(get("/policy/limited", null).statusCode()).isEqualTo(200);

		HttpResponse<String> answer = get("/policy/limited", null);

		assertThat(answer.statusCode()).isEqualTo(429);
		assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
		assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 100L);
		assertThat(answer.body()).contains("\"policy\":\"limited\"");
	}

	@Test
	void openCircuitBreakerIsAnswered503WithWhenToComeBack() throws Exception {
		policy("broken").getCircuitBreaker().orElseThrow().transitionToOpenState();

		HttpResponse<String> answer = get("/policy/broken", null);

		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 60L);
		assertThat(answer.body()).contains("\"policy\":\"broken\"");
	}

	@Test
	void fullBulkheadIsAnswered503() throws Exception {
		HttpResponse<String> answer = policy("full").call(() -> get("/policy/full", null));

		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.body()).contains("\"policy\":\"full\"");
	}

	@Test
	void fullExecutorIsAnswered503() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		Future<?> running = context.getBean("small", BoundedExecutor.class).submit(() -> {
			gate.await();
			return null;
		});
		try {
			HttpResponse<String> answer = get("/small", null);

			assertThat(answer.statusCode()).isEqualTo(503);
			assertThat(answer.body()).contains("\"executor\":\"small\"");
		}
		finally {
			gate.countDown();
			running.get();
		}
	}

	@Test
	void handlerOfTheApplicationComesFirst() throws Exception {
		try (ConfigurableApplicationContext own = run(Application.class, Own.class)) {
			own.getBean(Policies.class).get("broken").getCircuitBreaker().orElseThrow().transitionToOpenState();

			HttpResponse<String> answer = get(own, "/policy/broken", null);

			assertThat(answer.statusCode()).isEqualTo(409);
			assertThat(answer.body()).isEqualTo("mine");
		}
	}

	@Test
	void clientThatLeavesAStreamCancelsIt() throws Exception {
		try (Socket client = send("/stream/left", "20000")) {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			String line = reader.readLine();
			while (line != null && !line.startsWith("data:")) {
				line = reader.readLine();
			}
			assertThat(line).isNotNull();
		}

		assertThat(work().ended("left").get()).isEqualTo("cancelled");
		Awaitility.await().until(() -> policy("streams").getBulkhead().orElseThrow().getInFlightCount() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "thread", "io", "callable", "deferred", "future", "mono" })
	void workOfAClientThatHasLeftEndsWithItsDeadline(String kind) throws Exception {
		try (Socket client = send("/%s/gone-%s".formatted(kind, kind), "1000")) {
			work().begun("gone-" + kind).get();
			assertThat(client.isConnected()).isTrue();
		}

		assertThat(work().ended("gone-" + kind).get()).isEqualTo("interrupted");
		awaitIdle();
	}

	private static ConfigurableApplicationContext run(Class<?>... sources) {
		return new SpringApplicationBuilder(sources).web(WebApplicationType.SERVLET).properties(PROPERTIES).run();
	}

	private static HttpResponse<String> get(String path, @Nullable String millis) throws Exception {
		return get(context, path, millis);
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext server, String path, @Nullable String millis)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port(server) + path));
		if (millis != null) {
			request.header(DeadlineHeader.DEFAULT_NAME, millis);
		}
		return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * Sends a request without waiting for the answer.
	 */
	private static Socket send(String path, String millis) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port(context)));
		socket.getOutputStream()
			.write("GET %s HTTP/1.1\r\nHost: localhost\r\n%s: %s\r\n\r\n"
				.formatted(path, DeadlineHeader.DEFAULT_NAME, millis)
				.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private static String port(ConfigurableApplicationContext server) {
		return server.getEnvironment().getRequiredProperty("local.server.port");
	}

	private static void awaitIdle() {
		Awaitility.await().until(() -> context.getBean("io", BoundedExecutor.class).getStats().running() == 0);
	}

	private static Policy policy(String name) {
		return context.getBean(Policies.class).get(name);
	}

	private static Work work() {
		return context.getBean(Work.class);
	}

	/**
	 * An application of Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Work.class, Requests.class })
	static class Application {

	}

	/**
	 * Work that does not end by itself, and how it ended, by its id.
	 */
	static final class Work {

		private final Map<String, CompletableFuture<String>> begun = new ConcurrentHashMap<>();

		private final Map<String, CompletableFuture<String>> ended = new ConcurrentHashMap<>();

		CompletableFuture<String> begun(String id) {
			return this.begun.computeIfAbsent(id, (key) -> new CompletableFuture<>());
		}

		CompletableFuture<String> ended(String id) {
			return this.ended.computeIfAbsent(id, (key) -> new CompletableFuture<>());
		}

		String hang(String id) throws InterruptedException {
			begun(id).complete("");
			try {
				new CountDownLatch(1).await();
				return "";
			}
			catch (InterruptedException ex) {
				ended(id).complete("interrupted");
				throw ex;
			}
		}

	}

	/**
	 * What can be asked of the application.
	 */
	@RestController
	static final class Requests {

		private final Work work;

		private final Policies policies;

		private final Tasks tasks;

		private final BoundedExecutor io;

		private final BoundedExecutor small;

		Requests(Work work, Policies policies, Tasks tasks, @Qualifier("io") BoundedExecutor io,
				@Qualifier("small") BoundedExecutor small) {
			this.work = work;
			this.policies = policies;
			this.tasks = tasks;
			this.io = io;
			this.small = small;
		}

		@GetMapping("/remaining")
		String remaining() {
			Deadline deadline = Deadline.current();
			return (deadline.isUnbounded()) ? "unbounded" : String.valueOf(deadline.remaining().toMillis());
		}

		@GetMapping("/thread/{id}")
		String thread(@PathVariable String id) throws Exception {
			return this.work.hang(id);
		}

		@GetMapping("/io/{id}")
		String io(@PathVariable String id) throws Exception {
			return this.io.submit(() -> this.work.hang(id)).get();
		}

		@GetMapping("/callable/{id}")
		WebAsyncTask<String> callable(@PathVariable String id) {
			Callable<String> callable = () -> this.work.hang(id);
			return new WebAsyncTask<>(null, "io", callable);
		}

		@GetMapping("/deferred/{id}")
		DeferredResult<String> deferred(@PathVariable String id) {
			DeferredResult<String> result = new DeferredResult<>();
			Future<?> running = this.io.submit(() -> result.setResult(this.work.hang(id)));
			result.onTimeout(() -> running.cancel(true));
			return result;
		}

		@GetMapping("/future/{id}")
		CompletableFuture<String> future(@PathVariable String id) {
			return this.io.submitCompletable(() -> this.work.hang(id));
		}

		@GetMapping("/mono/{id}")
		Mono<String> mono(@PathVariable String id) {
			return this.tasks.reactive().blocking(() -> this.work.hang(id));
		}

		@GetMapping("/policy/{name}")
		String policy(@PathVariable String name) throws Exception {
			return this.policies.get(name).call(() -> "fine");
		}

		@GetMapping("/small")
		String small() throws Exception {
			return this.small.submit(() -> "fine").get();
		}

		@GetMapping(path = "/stream/{id}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> stream(@PathVariable String id) {
			Flux<String> events = Flux.interval(Duration.ofMillis(10))
				.onBackpressureDrop()
				.map(String::valueOf)
				.doOnCancel(() -> this.work.ended(id).complete("cancelled"));
			return this.policies.get("streams").flux(events);
		}

	}

	/**
	 * A handler of the application.
	 */
	@RestControllerAdvice
	static final class Own {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.CONFLICT)
		String handle(Exception failure) {
			return "mine";
		}

	}

}
