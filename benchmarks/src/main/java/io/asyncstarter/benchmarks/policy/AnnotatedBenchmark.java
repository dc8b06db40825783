package io.asyncstarter.benchmarks.policy;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

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
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.EnableResilientMethods;

import io.asyncstarter.policy.Policies;

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
			.run();
		this.bean = this.context.getBean(this.annotated.type());
	}

	private static Map<String, Object> properties() {
		return Map.of("spring.main.banner-mode", "off", "logging.level.root", "warn",
				"resilience4j.retry.instances.four.max-attempts", Strategies.ATTEMPTS,
				"resilience4j.circuitbreaker.instances.four.sliding-window-size", Strategies.WINDOW,
				"resilience4j.ratelimiter.instances.four.limit-for-period", Strategies.PERMITS,
				"resilience4j.ratelimiter.instances.four.limit-refresh-period", "1s",
				"resilience4j.ratelimiter.instances.four.timeout-duration", "0s",
				"resilience4j.bulkhead.instances.four.max-concurrent-calls", Strategies.CONCURRENCY,
				"resilience4j.bulkhead.instances.four.max-wait-duration", "0s");
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
	@Import({ Annotated.Direct.class, Annotated.Policed.class, Annotated.PolicedByTwo.class, Annotated.Resilience4j.class,
			Annotated.SpringResilience.class })
	static class Application {

		@Bean
		Policies policies() {
			return Policies.of(Strategies.four(), Strategies.two());
		}

	}

}
