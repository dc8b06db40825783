package io.asyncstarter.autoconfigure;

import java.io.FileNotFoundException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import io.asyncstarter.actuate.AsyncEndpoint;
import io.asyncstarter.actuate.ExecutorDescriptor;
import io.asyncstarter.actuate.PolicyDescriptor;
import io.asyncstarter.actuate.PolicyMetrics;
import io.asyncstarter.actuate.QueueDescriptor;
import io.asyncstarter.actuate.RateLimiterDescriptor;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.queue.QueueListener;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueues;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ahead-of-time processing: the context is generated, compiled and run.
 */
@Timeout(60)
class AsyncAotTests {

	@Test
	@CompileWithForkedClassLoader // the generated code is in our package and uses what is
									// private to it
	void generatedContextHasTheConfiguredExecutorsWithTheValuesOfTheRun() {
		TestPropertyValues atBuildTime = TestPropertyValues.of("async.executors.orders.max-concurrency=3");
		TestPropertyValues atRunTime = TestPropertyValues.of("async.executors.orders.max-concurrency=4");

		process(atBuildTime, AsyncExecutorAutoConfiguration.class).start(atRunTime, (context) -> {
			assertThat(context.getBean(BoundedExecutors.class).names()).containsExactly("cpu", "io", "orders");
			assertThat(context.getBean("orders", BoundedExecutor.class).getMaxConcurrency()).isEqualTo(4);
			assertThat(context.getDefaultListableBeanFactory().getMergedBeanDefinition("orders").isAutowireCandidate())
				.isTrue();
		});
	}

	@Test
	@CompileWithForkedClassLoader // as above
	void generatedContextHasTheConfiguredPoliciesWithTheValuesOfTheRun() {
		TestPropertyValues atBuildTime = TestPropertyValues.of("async.policies.github.timeout=1s",
				"async.rate-limiters.shared.permits=5");
		TestPropertyValues atRunTime = TestPropertyValues.of("async.policies.github.timeout=2s",
				"async.policies.github.rate-limiter=shared", "async.rate-limiters.shared.permits=7");

		process(atBuildTime, SimpleMeterRegistry.class, AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncMetricsAutoConfiguration.class)
			.start(atRunTime, (context) -> {
				assertThat(context.getBean(Policies.class).get("github").getTimeout()).contains(Duration.ofSeconds(2));
				assertThat(context.getBean(RateLimiters.class).get("shared").getPermits()).isEqualTo(7);
				assertThat(context.getBean(PolicyMetrics.class)).isNotNull();
			});
	}

	@Test
	@CompileWithForkedClassLoader // as above
	void generatedContextHasTheConfiguredQueuesAndTheirListeners() throws NoSuchMethodException {
		TestPropertyValues atBuildTime = TestPropertyValues.of("async.queues.emails.capacity=3");
		TestPropertyValues atRunTime = TestPropertyValues.of("async.queues.emails.capacity=4",
				"async.queues.emails.consumers=2");

		Processed processed = process(atBuildTime, Listener.class, AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class);

		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Listener.class.getDeclaredMethod("on", String.class))).accepts(processed.hints());
		processed.start(atRunTime, (context) -> {
			WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
			assertThat(queue.getCapacity()).isEqualTo(4);
			assertThat(queue.getStats().consumers()).isEqualTo(2);
			assertThat(queue.send("a")).isCompleted();
		});
	}

	@Test
	@CompileWithForkedClassLoader // as above
	void generatedContextHasTheEndpointWithAllItsKinds() {
		TestPropertyValues properties = TestPropertyValues.of("management.endpoints.web.exposure.include=async");

		Processed processed = process(properties, EndpointAutoConfiguration.class, AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class,
				AsyncEndpointAutoConfiguration.class);

		for (Class<?> type : new Class<?>[] { ExecutorDescriptor.class, PolicyDescriptor.class,
				PolicyDescriptor.Breaker.class, QueueDescriptor.class, RateLimiterDescriptor.class }) {
			assertThat(RuntimeHintsPredicates.reflection().onType(type)).as(type.getName()).accepts(processed.hints());
		}
		processed.start(properties, (context) -> {
			Map<String, Map<String, ?>> overview = context.getBean(AsyncEndpoint.class).overview();
			assertThat(overview.keySet()).containsExactly("executors", "policies", "rate-limiters", "queues");
		});
	}

	@Test
	void exceptionsThatPoliciesNameAreKept() {
		TestPropertyValues properties = TestPropertyValues.of(
				"async.policies.github.retry.on=java.io.FileNotFoundException",
				"async.policies.github.circuit-breaker.ignore=java.lang.ArithmeticException");

		RuntimeHints hints = process(properties, AsyncExecutorAutoConfiguration.class).hints();

		assertThat(RuntimeHintsPredicates.reflection().onType(FileNotFoundException.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(ArithmeticException.class)).accepts(hints);
	}

	private static Processed process(TestPropertyValues properties, Class<?>... configurations) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		properties.applyTo(context);
		context.register(configurations);
		TestGenerationContext generationContext = new TestGenerationContext();
		ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generationContext);
		generationContext.writeGeneratedContent();
		return new Processed(generationContext, initializer);
	}

	/**
	 * Listens to a queue.
	 */
	static class Listener {

		@QueueListener("emails")
		void on(String email) {
		}

	}

	/**
	 * What was generated.
	 *
	 * @param generated the code and the hints
	 * @param initializer the class that initializes a context
	 */
	private record Processed(TestGenerationContext generated, ClassName initializer) {

		RuntimeHints hints() {
			return this.generated.getRuntimeHints();
		}

		void start(TestPropertyValues properties, Consumer<GenericApplicationContext> assertions) {
			TestCompiler.forSystem()
				.with(this.generated)
				.compile((compiled) -> start(compiled, properties, assertions));
		}

		@SuppressWarnings("unchecked") // the generated class is one
		private void start(Compiled compiled, TestPropertyValues properties,
				Consumer<GenericApplicationContext> assertions) {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				properties.applyTo(context);
				compiled.getInstance(ApplicationContextInitializer.class, this.initializer.toString())
					.initialize(context);
				context.refresh();
				assertions.accept(context);
			}
		}

	}

}
