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
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for policies on a class path that has no Reactor.
 */
class WithoutReactorTests {

	@Test
	void valuesAndStagesWork() throws Exception {
		assertThat(callWithoutReactor(Calls.class)).isEqualTo("value stage fallback");
	}

	@Test
	void annotatedMethodsWork() throws Exception {
		assertThat(callWithoutReactor(AnnotatedCalls.class)).isEqualTo("value stage fallback");
	}

	private static Object callWithoutReactor(Class<? extends Callable<String>> calls) throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutReactor(),
				ClassLoader.getPlatformClassLoader())) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("reactor.core.publisher.Mono"));
			Class<?> type = loader.loadClass(calls.getName());
			assertThat(type).isNotEqualTo(calls);

			ClassLoader before = Thread.currentThread().getContextClassLoader();
			Thread.currentThread().setContextClassLoader(loader);
			try {
				return ((Callable<?>) type.getDeclaredConstructor().newInstance()).call();
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

	/**
	 * Calls annotated methods of a bean.
	 */
	public static final class AnnotatedCalls implements Callable<String> {

		@Override
		public String call() throws Exception {
			try (AnnotationConfigApplicationContext context = new PolicyContext(Policy.builder("test").build())
				.with(Annotated.class)
				.start()) {
				Annotated bean = context.getBean(Annotated.class);
				return bean.value() + " " + bean.stage().get() + " " + bean.failing().get();
			}
		}

	}

	static class Annotated {

		@ApplyPolicy("test")
		String value() {
			return "value";
		}

		@ApplyPolicy("test")
		CompletableFuture<String> stage() {
			return CompletableFuture.supplyAsync(() -> "stage");
		}

		@ApplyPolicy(value = "test", fallbackMethod = "fallback")
		CompletableFuture<String> failing() {
			return CompletableFuture.failedFuture(new IllegalStateException());
		}

		String fallback() {
			return "fallback";
		}

	}

}
