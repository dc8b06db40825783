package io.asyncstarter.lifecycle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real applications, each in a virtual machine of its own, get a SIGTERM under load, and
 * every accepted piece of work is accounted for.
 */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
class ShutdownUnderLoadTests {

	private static final int CLIENTS = 30;

	private static final int REQUESTS = 1000;

	private final Map<String, Long> said = new ConcurrentHashMap<>();

	private final List<String> log = new CopyOnWriteArrayList<>();

	private final CompletableFuture<String> ready = new CompletableFuture<>();

	private final HttpClient http = HttpClient.newHttpClient();

	private @Nullable Process process;

	private Thread reader = Thread.currentThread();

	static List<String> webServers() {
		List<String> kinds = new ArrayList<>(List.of("reactive"));
		if (ClassUtils.isPresent("org.apache.catalina.startup.Tomcat", null)) {
			kinds.add("servlet");
		}
		return kinds;
	}

	@AfterEach
	void kill() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
		this.http.shutdownNow();
	}

	private void start(String kind, String... properties) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
						LoadedApplication.class.getName(), "--spring.main.web-application-type=" + kind,
						"--spring.main.keep-alive=true", "--server.port=0", "--spring.main.banner-mode=off",
						"--logging.level.root=warn", "--async.executors.io.queue-capacity=1000",
						"--async.executors.cpu.queue-capacity=1000", "--async.monitor.pinning.enabled=false"));
		command.addAll(List.of(properties));
		Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
		this.process = started;
		this.reader = Thread.ofVirtual().start(() -> read(started));
	}

	private void read(Process started) {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				this.log.add(line);
				String[] words = line.split(" ", -1);
				if (words[0].equals("ready")) {
					this.ready.complete(words[1]);
				}
				else if (words.length == 2 && words[1].matches("\\d+")) {
					this.said.put(words[0], Long.valueOf(words[1]));
				}
			}
		}
		catch (IOException ex) {
			this.log.add(ex.toString());
		}
		this.ready.completeExceptionally(new IllegalStateException(told()));
	}

	private int post(String path) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:%s/%s".formatted(this.ready.get(), path)))
			.POST(HttpRequest.BodyPublishers.noBody())
			.build();
		return this.http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
	}

	/**
	 * Keeps the application busy from many clients until it takes no more requests.
	 * @return counts how many requests it has accepted
	 */
	private AtomicLong load(CountDownLatch enough, CountDownLatch over) {
		AtomicLong accepted = new AtomicLong();
		for (int i = 0; i < CLIENTS; i++) {
			Thread.ofVirtual().start(() -> {
				try {
					while (true) {
						if (post("tasks") == 202) {
							accepted.incrementAndGet();
							enough.countDown();
						}
					}
				}
				catch (Exception ex) {
					over.countDown();
				}
			});
		}
		return accepted;
	}

	private Duration terminate() throws InterruptedException {
		long start = System.nanoTime();
		// Process.destroy() would close the streams too.
		Process started = Objects.requireNonNull(this.process);
		started.toHandle().destroy();
		assertThat(started.waitFor(40, TimeUnit.SECONDS)).as("process has ended").isTrue();
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		this.reader.join();
		return took;
	}

	private String told() {
		return String.join(System.lineSeparator(), this.log);
	}

	private long said(String what) {
		assertThat(this.said).as(this::told).containsKey(what);
		return this.said.getOrDefault(what, -1L);
	}

	@ParameterizedTest
	@MethodSource("webServers")
	void whenTerminatedUnderLoadThenAllThatWasAcceptedIsDone(String kind) throws Exception {
		start(kind);
		CountDownLatch enough = new CountDownLatch(REQUESTS);
		CountDownLatch over = new CountDownLatch(CLIENTS);
		AtomicLong accepted = load(enough, over);
		enough.await();

		terminate();

		over.await();
		assertThat(said("accepted")).isGreaterThanOrEqualTo(accepted.get()).isGreaterThanOrEqualTo(REQUESTS);
		assertThat(said("ended")).as(this::told).isEqualTo(said("accepted"));
		assertThat(said("cancelled")).isZero();
		assertThat(said("abandoned")).isZero();
	}

	@ParameterizedTest
	@MethodSource("webServers")
	void whenTasksDoNotEndThenTheyAreReportedAndTheProcessEndsInTime(String kind) throws Exception {
		start(kind, "--async.shutdown.grace-period=2s", "--async.shutdown.cancel-period=1s");
		for (int i = 0; i < 10; i++) {
			assertThat(post("interruptible")).isEqualTo(200);
			assertThat(post("stubborn")).isEqualTo(200);
			assertThat(post("tasks")).isEqualTo(202);
		}

		Duration took = terminate();

		assertThat(said("cancelled")).isEqualTo(10);
		assertThat(said("abandoned")).isEqualTo(10);
		assertThat(said("ended")).isEqualTo(30);
		assertThat(said("accepted")).isEqualTo(said("ended") + said("cancelled") + said("abandoned"));
		assertThat(took).isLessThan(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@MethodSource("none")
	void whenThereIsNoWebServerThenTheSameHolds(String kind) throws Exception {
		start(kind);
		this.ready.get();

		terminate();

		assertThat(said("ended")).as(this::told).isEqualTo(said("accepted"));
		assertThat(said("cancelled") + said("abandoned")).isZero();
	}

	static List<String> none() {
		return List.of("none");
	}

}
