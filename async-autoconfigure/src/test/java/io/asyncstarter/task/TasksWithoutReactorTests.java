package io.asyncstarter.task;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for tasks on a class path that has no Reactor.
 */
class TasksWithoutReactorTests {

	@Test
	void everythingButTheReactiveVerbsWorks() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutReactor(),
				ClassLoader.getPlatformClassLoader())) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("reactor.core.publisher.Mono"));
			Class<?> type = loader.loadClass(Verbs.class.getName());
			assertThat(type).isNotEqualTo(Verbs.class);

			ClassLoader before = Thread.currentThread().getContextClassLoader();
			Thread.currentThread().setContextClassLoader(loader);
			try {
				assertThat(((Callable<?>) type.getDeclaredConstructor().newInstance()).call())
					.isEqualTo("[a, b] [1, 2] [1, 2] settled first hedged shielded in time [c]");
			}
			finally {
				Thread.currentThread().setContextClassLoader(before);
			}
		}
	}

	private static URL[] classPathWithoutReactor() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !new File(entry).getName().matches(".*(reactor|reactive-streams).*"))
			.map(TasksWithoutReactorTests::url)
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
	 * Calls of all verbs that are not reactive; a bean of this type can be looked into.
	 */
	public static final class Verbs implements Callable<String> {

		@Override
		public String call() throws Exception {
			Tasks tasks = Tasks.create();
			assertThat(Tasks.class.getDeclaredMethods()).isNotEmpty();
			return "%s %s %s %s %s %s %s %s %s".formatted(tasks.gather(() -> "a", () -> "b"),
					tasks.map(List.of(1, 2), 1, (item) -> item),
					tasks.mapping(List.of(1, 2), 1, (item) -> item).stream().toList(),
					tasks.settle(() -> "settled").getFirst().orElseThrow(), tasks.race(() -> "first"),
					tasks.hedge(Duration.ofDays(1), 1, () -> "hedged"), tasks.shield("shielded", () -> "shielded"),
					tasks.withTimeout(Duration.ofDays(1), () -> "in time"),
					tasks.asCompleted(List.of(CompletableFuture.completedFuture("c")))
						.map(CompletableFuture::join)
						.toList());
		}

	}

}
