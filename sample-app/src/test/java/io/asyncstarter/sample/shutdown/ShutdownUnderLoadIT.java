package io.asyncstarter.sample.shutdown;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.ClassUtils;

import io.asyncstarter.sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged gallery, in a virtual machine of its own, gets a SIGTERM under load, and
 * every accepted piece of work is accounted for.
 */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
class ShutdownUnderLoadIT {

	private static final int CLIENTS = 20;

	private static final int REQUESTS = 2000;

	private static final int SLOW_REQUESTS = 10;

	private final Map<String, Long> said = new ConcurrentHashMap<>();

	private final List<String> log = new CopyOnWriteArrayList<>();

	private final CompletableFuture<String> ready = new CompletableFuture<>();

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@TempDir
	private Path addition;

	private @Nullable Process process;

	private Thread reader = Thread.currentThread();

	@AfterEach
	void kill() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
		this.http.shutdownNow();
	}

	private void start(String... properties) throws Exception {
		addLoadedGallery();
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED",
						"-Dloader.main=" + SampleApplication.class.getName(), "-Dloader.path=" + this.addition, "-cp",
						packaged().toString(), "org.springframework.boot.loader.launch.PropertiesLauncher",
						"--spring.main.sources=" + LoadedGallery.class.getName(), "--server.port=0",
						"--spring.main.banner-mode=off", "--logging.level.root=warn",
						"--async.executors.io.queue-capacity=1000", "--async.executors.cpu.queue-capacity=1000"));
		command.addAll(List.of(properties));
		Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
		this.process = started;
		this.reader = Thread.ofVirtual().start(() -> read(started));
		this.ready.get();
	}

	/**
	 * Copies no class but that one and those in it: the gallery would find components of
	 * other tests.
	 */
	private void addLoadedGallery() throws Exception {
		Path classes = Path.of(LoadedGallery.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		Path from = classes.resolve(ClassUtils.convertClassNameToResourcePath(LoadedGallery.class.getName()))
			.getParent();
		Path to = Files.createDirectories(this.addition.resolve(classes.relativize(from)));
		try (DirectoryStream<Path> own = Files.newDirectoryStream(from, "LoadedGallery*.class")) {
			for (Path file : own) {
				Files.copy(file, to.resolve(file.getFileName()));
			}
		}
	}

	private static Path packaged() throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("target"), "sample-app-*.jar")) {
			return jars.iterator().next();
		}
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

	private HttpRequest.Builder request(String path) throws Exception {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s%s".formatted(this.ready.get(), path)));
	}

	private int post(String path) throws Exception {
		return this.http
			.send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build(),
					HttpResponse.BodyHandlers.discarding())
			.statusCode();
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
						if (post("/work") == 202) {
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

	private List<CompletableFuture<Integer>> slowRequests() throws Exception {
		List<CompletableFuture<Integer>> answers = new ArrayList<>();
		for (int i = 0; i < SLOW_REQUESTS; i++) {
			answers.add(this.http.sendAsync(request("/slow").build(), HttpResponse.BodyHandlers.discarding())
				.thenApply(HttpResponse::statusCode));
		}
		return answers;
	}

	private long arrived() throws Exception {
		return Long
			.parseLong(this.http.send(request("/slow/arrived").build(), HttpResponse.BodyHandlers.ofString()).body());
	}

	private Duration terminate() throws InterruptedException {
		long start = System.nanoTime();
		// Process.destroy() would close the streams too
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

	@Test
	void whenTerminatedUnderLoadThenAllThatWasAcceptedIsDone() throws Exception {
		start();
		CountDownLatch enough = new CountDownLatch(REQUESTS);
		CountDownLatch over = new CountDownLatch(CLIENTS);
		AtomicLong accepted = load(enough, over);
		enough.await();
		List<CompletableFuture<Integer>> slow = slowRequests();
		Awaitility.await().until(() -> arrived() == SLOW_REQUESTS);

		terminate();

		over.await();
		assertThat(said("accepted")).isGreaterThanOrEqualTo(accepted.get()).isGreaterThanOrEqualTo(REQUESTS);
		assertThat(said("ended")).as(this::told).isEqualTo(said("accepted"));
		assertThat(said("cancelled") + said("abandoned")).isZero();
		assertThat(slow).allSatisfy((answer) -> assertThat(answer.get()).isEqualTo(200));
	}

	@Test
	void whenTasksDoNotEndThenTheyAreReportedAndTheProcessEndsInTime() throws Exception {
		start("--async.shutdown.grace-period=2s", "--async.shutdown.cancel-period=1s");
		for (int i = 0; i < 10; i++) {
			assertThat(post("/stuck")).isEqualTo(202);
			assertThat(post("/stuck?ignores")).isEqualTo(202);
			assertThat(post("/work")).isEqualTo(202);
		}

		Duration took = terminate();

		assertThat(said("cancelled")).isEqualTo(10);
		assertThat(said("abandoned")).isEqualTo(10);
		assertThat(said("accepted")).isEqualTo(50);
		assertThat(said("ended")).isEqualTo(30);
		assertThat(took).isLessThan(Duration.ofSeconds(5));
	}

}
