package io.asyncstarter.context;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TaskContextTests {

	private static final String KEY = "test";

	private final ThreadLocal<String> value = new ThreadLocal<>();

	@BeforeEach
	void registerAccessor() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, this.value);
	}

	@AfterEach
	void removeAccessor() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		this.value.remove();
	}

	@Test
	void captureWhenNothingIsBoundReturnsSharedInstance() {
		assertThat(TaskContext.capture()).isSameAs(TaskContext.capture());
	}

	@Test
	void openBindsCapturedValueAndCloseGivesBackPreviousOne() {
		this.value.set("captured");
		TaskContext context = TaskContext.capture();
		this.value.set("previous");

		try (TaskContext.Scope scope = context.open(false)) {
			assertThat(scope).isNotNull();
			assertThat(this.value.get()).isEqualTo("captured");
			this.value.set("changed");
		}

		assertThat(this.value.get()).isEqualTo("previous");
	}

	@Test
	void openWhenNothingWasCapturedClearsValueAndCloseGivesItBack() {
		TaskContext context = TaskContext.capture();
		this.value.set("previous");

		TaskContext.Scope scope = context.open(false);
		assertThat(this.value.get()).isNull();
		this.value.set("changed");
		scope.close();

		assertThat(this.value.get()).isEqualTo("previous");
	}

	@Test
	void closeClearsValueThatWasNotBoundBefore() {
		this.value.set("captured");
		TaskContext context = TaskContext.capture();
		this.value.remove();

		context.open(true).close();

		assertThat(this.value.get()).isNull();
	}

	@Test
	void openBindsContextClassLoader() throws Exception {
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader other = new URLClassLoader(new URL[0], own)) {
			Thread.currentThread().setContextClassLoader(other);
			TaskContext context = TaskContext.capture();
			Thread.currentThread().setContextClassLoader(own);

			TaskContext.Scope scope = context.open(false);
			assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(other);
			scope.close();

			assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
		}
	}

	@Test
	void captureWithoutContextPropagationLibraryCarriesContextClassLoader() throws Exception {
		URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("context-propagation"))
			.map(TaskContextTests::toUrl)
			.toArray(URL[]::new);
		try (URLClassLoader without = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			Class<?> type = without.loadClass(TaskContext.class.getName());
			assertThat(type.getClassLoader()).isSameAs(without);
			Object context = type.getMethod("capture").invoke(null);
			Method open = type.getMethod("open", boolean.class);
			ClassLoader own = Thread.currentThread().getContextClassLoader();
			Thread.currentThread().setContextClassLoader(without);
			try {
				AutoCloseable scope = (AutoCloseable) open.invoke(context, false);
				assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
				scope.close();
				assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(without);
			}
			finally {
				Thread.currentThread().setContextClassLoader(own);
			}
		}
	}

	private static URL toUrl(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new AssertionError(ex);
		}
	}

}
