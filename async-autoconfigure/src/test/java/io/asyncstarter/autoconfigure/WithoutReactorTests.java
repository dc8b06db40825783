package io.asyncstarter.autoconfigure;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.asyncstarter.actuate.PolicyKind;
import io.asyncstarter.policy.Policies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a context with policies on a class path that has no Reactor.
 */
@Timeout(60)
class WithoutReactorTests {

	@Test
	void contextStartsAndPoliciesWork() throws Exception {
		URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
			.filter((entry) -> !new File(entry).getName().matches(".*(reactor|reactive-streams).*"))
			.map(WithoutReactorTests::url)
			.toArray(URL[]::new);
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(loader);
			Object application = loader.loadClass(Application.class.getName()).getDeclaredConstructor().newInstance();

			assertThat(application).isNotInstanceOf(Application.class);
			assertThat(((Callable<?>) application).call()).isEqualTo("value");
		}
		finally {
			thread.setContextClassLoader(before);
		}
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
	 * An application with a policy, which it calls.
	 */
	public static final class Application implements Callable<String> {

		@Override
		public String call() throws Exception {
			try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
				TestPropertyValues
					.of("async.policies.github.timeout=5s", "async.policies.github.retry.max-attempts=2",
							"management.endpoints.web.exposure.include=async")
					.applyTo(context);
				context.register(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class,
						AsyncEndpointAutoConfiguration.class);
				context.refresh();
				context.getBean(PolicyKind.class).all();
				return context.getBean(Policies.class).get("github").call(() -> "value");
			}
		}

	}

}
