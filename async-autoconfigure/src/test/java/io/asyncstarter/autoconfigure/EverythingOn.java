package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.ClassUtils;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.task.Tasks;

/**
 * An application in which all of ours is switched on, for tests of what is said about
 * that.
 */
final class EverythingOn {

	private EverythingOn() {
	}

	static void run(Consumer<AssertableReactiveWebApplicationContext> test) {
		Class<?>[] ours = StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, EverythingOn.class.getClassLoader()).spliterator(),
					false)
			.filter((name) -> name.startsWith("io.asyncstarter."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class<?>[]::new);
		new ReactiveWebApplicationContextRunner().withConfiguration(AutoConfigurations.of(ours))
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withBean(ReactorResourceFactory.class, EverythingOn::loops)
			.withPropertyValues("management.endpoints.web.exposure.include=*", "async.executors.io.max-concurrency=10",
					"async.rate-limiters.github.permits=100", "async.rate-limiters.github.per=1s",
					"async.policies.github.deadline=5s", "async.policies.github.timeout=1s",
					"async.policies.github.retry.max-attempts=3", "async.policies.github.retry.budget=20%",
					"async.policies.github.rate-limiter=github", "async.policies.github.bulkhead.max-concurrency=10",
					"async.policies.github.circuit-breaker.failure-rate=50", "async.policies.github.executor=io",
					"async.policies.search.hedge.after=100ms", "async.queues.mails.capacity=10")
			.run((context) -> {
				Awaitility.await()
					.until(() -> context.getBean(MeterRegistry.class).find("async.event-loop.lag").timer() != null);
				Tasks tasks = context.getBean(Tasks.class);
				tasks.inGroup("dashboard", (group) -> group.fork("user", () -> 1));
				tasks.background("mail", () -> 1);
				Awaitility.await()
					.until(() -> context.getBean(MeterRegistry.class).find("async.background.runs").timer() != null);
				test.accept(context);
			});
	}

	private static ReactorResourceFactory loops() {
		ReactorResourceFactory factory = new ReactorResourceFactory();
		factory.setUseGlobalResources(false);
		factory.setLoopResourcesSupplier(() -> LoopResources.create("everything-on", 1, true));
		factory.setShutdownQuietPeriod(Duration.ZERO);
		return factory;
	}

	/**
	 * Returns our meters by name, those of each name together.
	 */
	static Map<String, List<Meter>> meters(MeterRegistry registry) {
		Map<String, List<Meter>> meters = new TreeMap<>();
		for (Meter meter : registry.getMeters()) {
			String name = meter.getId().getName();
			if (name.startsWith("async.") || name.startsWith("executor.")) {
				meters.merge(name, List.of(meter), EverythingOn::concat);
			}
		}
		return meters;
	}

	private static List<Meter> concat(Collection<Meter> some, Collection<Meter> others) {
		return Stream.concat(some.stream(), others.stream())
			.sorted(Comparator.comparing((Meter meter) -> meter.getId().toString()))
			.toList();
	}

}
