package io.asyncstarter.policy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for policies on a class path that has no Reactor.
 */
class WithoutReactorTests {

	@Test
	void valuesAndStagesWork() throws Exception {
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
					.isEqualTo("value stage fallback");
			}
			finally {
				Thread.currentThread().setContextClassLoader(before);
			}
		}
	}

	private static URL[] classPathWithoutReactor() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !new File(entry).getName().matches(".*(reactor|reactive-streams).*"))
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
	 * Calls through a policy of all strategies.
	 */
	public static final class Calls implements Callable<String> {

		@Override
		public String call() throws Exception {
			PolicyEnvironment environment = PolicyEnvironment.builder()
				.rateLimiters(RateLimiters.of(RateLimiter.builder("limiter").build()))
				.build();
			Policy policy = Policy.builder("test")
				.environment(environment)
				.deadline(Duration.ofSeconds(10))
				.timeout(Duration.ofSeconds(5))
				.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ofMillis(1)).budget(0.2))
				.circuitBreaker((breaker) -> breaker.window(10))
				.rateLimiter("limiter")
				.bulkhead(2, Duration.ofSeconds(1))
				.fallback((failure) -> "fallback")
				.build();
			Supplier<CompletableFuture<String>> stage = () -> CompletableFuture.supplyAsync(() -> "stage");
			return policy.<String>call(() -> "value") + " " + policy.stage(stage).get() + " "
					+ policy.<String>stage(() -> CompletableFuture.failedFuture(new IllegalStateException())).get();
		}

	}

}
