package io.asyncstarter.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The JUnit extension behind {@link NoLeaks}. After each test, once its
 * {@code @AfterEach} methods have run, it waits a moment for things to settle and then
 * makes the test fail if there is left, compared with before the test:
 * <ul>
 * <li>a thread, platform or virtual, with its stack;</li>
 * <li>a running, queued or waiting task, or a permit taken, of what the fields of the
 * test class hold: bounded executors, task groups, policies and their bulkheads,
 * concurrency limiters, each one or the registry of all;</li>
 * <li>an armed timer: the shared one, or one in a field of the test class;</li>
 * <li>an interrupt flag, or a deadline, on the thread of the test.</li>
 * </ul>
 * Threads that the JDK, JUnit, Reactor and the shared timer keep for all are no leak. A
 * thread pool that outlives the test is one, unless it is closed after the test or its
 * threads are {@link NoLeaks#ignoreThreads() ignored}.
 * <p>
 * Use {@code @NoLeaks}, or register an instance with settings: <pre class="code">
 * &#64;RegisterExtension
 * LeakCheck leaks = new LeakCheck().watch(limiter).ignoreThreads("HikariPool.*");
 * </pre> Tests that run in parallel in one virtual machine take each other's threads for
 * leaks. Instances are not safe for use by multiple threads while they are set up.
 *
 * @since 0.1.0
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

	static final long DEFAULT_GRACE_MILLIS = 2000;

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakCheck.class);

	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private final List<Object> watched = new ArrayList<>();

	private final List<String> ignoredThreads = new ArrayList<>();

	private @Nullable Duration grace;

	/**
	 * Watches something that is in no field of the test class.
	 * @param resource a bounded executor, task group, policy, bulkhead, concurrency
	 * limiter or timer, or a registry of them
	 * @return this extension
	 * @throws IllegalArgumentException if it is something else
	 */
	public LeakCheck watch(Object resource) {
		if (Resources.of(List.of(resource)).isEmpty()) {
			throw new IllegalArgumentException(
					"'resource' must be of a type that can be watched but was a " + resource.getClass().getName());
		}
		this.watched.add(resource);
		return this;
	}

	/**
	 * Lets threads stay.
	 * @param names regular expressions for the names of the threads
	 * @return this extension
	 */
	public LeakCheck ignoreThreads(String... names) {
		this.ignoredThreads.addAll(List.of(names));
		return this;
	}

	/**
	 * Sets how long a test's leftovers may take to go away after the test has ended; two
	 * seconds by default.
	 * @param grace the time
	 * @return this extension
	 */
	public LeakCheck grace(Duration grace) {
		this.grace = grace;
		return this;
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		LeakDetector detector = new LeakDetector(() -> resources(context), ignoredThreads(context));
		context.getStore(NAMESPACE).put(this, detector);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		LeakDetector detector = context.getStore(NAMESPACE).remove(this, LeakDetector.class);
		if (detector == null) {
			return;
		}
		long grace = grace(context).toNanos();
		List<String> leaks = settled(detector, grace);
		if (!leaks.isEmpty()) {
			throw new AssertionError("Test '%s' has left behind, %s after its end:%n%s".formatted(
					context.getDisplayName(), Duration.ofNanos(grace), String.join(System.lineSeparator(), leaks)));
		}
	}

	/**
	 * Returns what is left when nothing goes away any more, or the time is up.
	 */
	private static List<String> settled(LeakDetector detector, long graceNanos) {
		List<String> ofThisThread = detector.takeLeaksOfThisThread();
		long start = System.nanoTime();
		List<String> leaks = detector.leaks();
		while (!leaks.isEmpty() && System.nanoTime() - start < graceNanos) {
			LockSupport.parkNanos(POLL_NANOS);
			leaks = detector.leaks();
		}
		List<String> all = new ArrayList<>(ofThisThread);
		all.addAll(leaks);
		return all;
	}

	private List<Object> resources(ExtensionContext context) {
		List<Object> resources = new ArrayList<>(this.watched);
		context.getRequiredTestInstances()
			.getAllInstances()
			.forEach((test) -> resources.addAll(Resources.inFieldsOf(test)));
		return resources;
	}

	private List<Pattern> ignoredThreads(ExtensionContext context) {
		List<String> names = new ArrayList<>(this.ignoredThreads);
		NoLeaks annotation = annotation(context);
		if (annotation != null) {
			names.addAll(List.of(annotation.ignoreThreads()));
		}
		return names.stream().map(Pattern::compile).toList();
	}

	private Duration grace(ExtensionContext context) {
		if (this.grace != null) {
			return this.grace;
		}
		NoLeaks annotation = annotation(context);
		return Duration.ofMillis((annotation != null) ? annotation.graceMillis() : DEFAULT_GRACE_MILLIS);
	}

	private static @Nullable NoLeaks annotation(ExtensionContext context) {
		return AnnotationSupport.findAnnotation(context.getElement(), NoLeaks.class)
			.or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), NoLeaks.class,
					context.getEnclosingTestClasses()))
			.orElse(null);
	}

}
