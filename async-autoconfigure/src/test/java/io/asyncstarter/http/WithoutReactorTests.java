package io.asyncstarter.http;

import java.io.File;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import io.asyncstarter.policy.Policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for a {@code RestClient} under a policy on a class path that has neither Reactor
 * nor WebFlux.
 */
@Timeout(60)
class WithoutReactorTests {

	@Test
	void restClientIsPutUnderAPolicy() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutReactor(),
				ClassLoader.getPlatformClassLoader())) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("reactor.core.publisher.Mono"));
			Class<?> type = loader.loadClass(Calls.class.getName());
			assertThat(type).isNotEqualTo(Calls.class);

			ClassLoader before = Thread.currentThread().getContextClassLoader();
			Thread.currentThread().setContextClassLoader(loader);
			try {
				assertThat(((Callable<?>) type.getDeclaredConstructor().newInstance()).call())
					.isEqualTo("fine after 2");
			}
			finally {
				Thread.currentThread().setContextClassLoader(before);
			}
		}
	}

	private static URL[] classPathWithoutReactor() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !new File(entry).getName().matches(".*(reactor|reactive-streams|webflux|netty).*"))
			.map(WithoutReactorTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/**
	 * A call that fails once.
	 */
	public static final class Calls implements Callable<String> {

		@Override
		public String call() throws Exception {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			AtomicInteger requests = new AtomicInteger();
			server.createContext("/", (exchange) -> {
				exchange.sendResponseHeaders((requests.incrementAndGet() == 1) ? 503 : 200, 0);
				try (OutputStream body = exchange.getResponseBody()) {
					body.write("fine".getBytes(StandardCharsets.UTF_8));
				}
			});
			server.start();
			try {
				Policy policy = Policy.builder("test")
					.timeout(Duration.ofSeconds(20))
					.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ofMillis(1)))
					.build();
				DeadlineHeader header = new DeadlineHeader(DeadlineHeader.DEFAULT_NAME, Duration.ofSeconds(60));
				String body = RestClient.builder()
					.requestFactory(new JdkClientHttpRequestFactory())
					.requestInterceptor(PolicyRequestInterceptor.of(policy))
					.requestInterceptor(new DeadlineRequestInterceptor(header))
					.build()
					.get()
					.uri("http://127.0.0.1:" + server.getAddress().getPort())
					.retrieve()
					.body(String.class);
				return body + " after " + requests.get();
			}
			finally {
				server.stop(0);
			}
		}

	}

}
