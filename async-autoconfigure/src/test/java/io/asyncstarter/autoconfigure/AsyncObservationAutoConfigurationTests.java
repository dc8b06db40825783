package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.policy.Policies;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AsyncObservationAutoConfigurationTests {

	private final List<String> observed = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncObservationAutoConfiguration.class))
		.withBean(ObservationRegistry.class, this::registry)
		.withPropertyValues("async.policies.github.timeout=10s");

	private ObservationRegistry registry() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				AsyncObservationAutoConfigurationTests.this.observed.add(context.getContextualName());
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		return registry;
	}

	@Test
	void whenThereIsATracerThenCallsAreObserved() {
		this.contextRunner.withBean(Tracer.class, () -> Tracer.NOOP).run((context) -> {
			context.getBean(Policies.class).get("github").run(() -> {
			});

			assertThat(this.observed).containsExactly("policy github");
		});
	}

	@Test
	void whenThereIsNoTracerThenNothingIsObserved() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(WorkObserver.class));
	}

	@Test
	void whenThereIsNoTracerAndItIsAskedForThenCallsAreObserved() {
		this.contextRunner.withPropertyValues("async.observation.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(WorkObserver.class));
	}

	@Test
	void whenThereIsATracerAndItIsSwitchedOffThenNothingIsObserved() {
		this.contextRunner.withBean(Tracer.class, () -> Tracer.NOOP)
			.withPropertyValues("async.observation.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(WorkObserver.class));
	}

	@Test
	void whenMicrometerIsAbsentThenPoliciesWorkAllTheSame() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
					AsyncPolicyAutoConfiguration.class, AsyncObservationAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
			.run((context) -> assertThat(context).hasSingleBean(Policies.class).doesNotHaveBean(WorkObserver.class));
	}

}
