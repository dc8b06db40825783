package io.asyncstarter.queue;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for queues on a class path that has no Reactor.
 */
class WithoutReactorTests {

	@Test
	void queuesAndConsumersWork() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutReactor(),
				ClassLoader.getPlatformClassLoader())) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("reactor.core.publisher.Mono"));
			Class<?> type = loader.loadClass(Work.class.getName());
			assertThat(type).isNotEqualTo(Work.class);

			ClassLoader before = Thread.currentThread().getContextClassLoader();
			Thread.currentThread().setContextClassLoader(loader);
			try {
				assertThat(((Callable<?>) type.getDeclaredConstructor().newInstance()).call()).isEqualTo("[a, b]");
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
	 * Items through a queue, whose type is looked at as Spring does with that of a bean.
	 */
	public static final class Work implements Callable<String> {

		@Override
		public String call() throws Exception {
			ReflectionUtils.doWithLocalMethods(WorkQueue.class, (method) -> {
			});
			List<String> processed = new CopyOnWriteArrayList<>();
			WorkQueue<String> queue = WorkQueue.<String>builder("test").build();
			queue.consumers().forEachAsync((item) -> CompletableFuture.runAsync(() -> processed.add(item)));
			queue.send("a").get();
			queue.put("b");
			queue.join();
			return processed.toString();
		}

	}

}
