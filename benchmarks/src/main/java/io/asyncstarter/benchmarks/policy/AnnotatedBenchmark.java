package io.asyncstarter.benchmarks.policy;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.EnableResilientMethods;

/**
 * Annotated methods of beans of a Spring Boot application, metrics included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AnnotatedBenchmark {

	@Param
	private Annotated annotated = Annotated.APPLY_POLICY;

	@SuppressWarnings("NullAway.Init") // JMH calls start() first
	private ConfigurableApplicationContext context;

	@SuppressWarnings("NullAway.Init") // JMH calls start() first
	private IntSupplier bean;

	/**
	 * Starts the application.
	 */
	@Setup
	public void start() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties())
			.properties(Map.of("spring.autoconfigure.exclude",
					autoConfigurations(
							(this.annotated == Annotated.RESILIENCE4J) ? "io.asyncstarter" : "io.github.resilience4j")))
			.run();
		this.bean = this.context.getBean(this.annotated.type());
	}

	/**
	 * Returns the auto-configurations of a library. Each is measured without the other:
	 * Resilience4j's starter follows all that happens in its registries, and policies use
	 * these where they are.
	 */
	private static String autoConfigurations(String prefix) {
		return StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, AnnotatedBenchmark.class.getClassLoader())
				.spliterator(), false)
			.filter((name) -> name.startsWith(prefix))
			.collect(Collectors.joining(","));
	}

	private static Map<String, Object> properties() {
		return Map.ofEntries(Map.entry("spring.main.banner-mode", "off"), Map.entry("logging.level.root", "warn"),
				Map.entry("async.rate-limiters.all.permits", Strategies.PERMITS),
				Map.entry("async.policies.two.retry.max-attempts", Strategies.ATTEMPTS),
				Map.entry("async.policies.two.bulkhead.max-concurrency", Strategies.CONCURRENCY),
				Map.entry("async.policies.four.extends", "two"), Map.entry("async.policies.four.rate-limiter", "all"),
				Map.entry("async.policies.four.circuit-breaker.window", Strategies.WINDOW),
				Map.entry("resilience4j.retry.instances.theirs.max-attempts", Strategies.ATTEMPTS),
				Map.entry("resilience4j.circuitbreaker.instances.theirs.sliding-window-size", Strategies.WINDOW),
				Map.entry("resilience4j.ratelimiter.instances.theirs.limit-for-period", Strategies.PERMITS),
				Map.entry("resilience4j.ratelimiter.instances.theirs.limit-refresh-period", "1s"),
				Map.entry("resilience4j.ratelimiter.instances.theirs.timeout-duration", "0s"),
				Map.entry("resilience4j.bulkhead.instances.theirs.max-concurrent-calls", Strategies.CONCURRENCY),
				Map.entry("resilience4j.bulkhead.instances.theirs.max-wait-duration", "0s"));
	}

	/**
	 * Stops the application.
	 */
	@TearDown
	public void stop() {
		this.context.close();
	}

	/**
	 * One caller.
	 * @return the result of the work
	 */
	@Benchmark
	@Threads(1)
	public int oneCaller() {
		return this.bean.getAsInt();
	}

	/**
	 * Eight callers at the same time.
	 * @return the result of the work
	 */
	@Benchmark
	@Threads(8)
	public int eightCallers() {
		return this.bean.getAsInt();
	}

	/**
	 * The application.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableResilientMethods
	@Import({ Annotated.Direct.class, Annotated.Policed.class, Annotated.PolicedByTwo.class,
			Annotated.Resilience4j.class, Annotated.SpringResilience.class })
	static class Application {

	}

}
