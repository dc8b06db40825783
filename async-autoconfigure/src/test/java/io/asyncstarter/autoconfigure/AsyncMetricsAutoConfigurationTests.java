package io.asyncstarter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.asyncstarter.actuate.BoundedExecutorMetrics;
import io.asyncstarter.actuate.PolicyMetrics;
import io.asyncstarter.actuate.RateLimiterMetrics;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policies;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AsyncMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class,
					AsyncMetricsAutoConfiguration.class, MetricsAutoConfiguration.class));

	@Test
	void whenThereIsARegistryThenAllExecutorsAreMeasuredOnce() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean("own", BoundedExecutor.class, () -> BoundedExecutor.builder("own").build())
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);

				assertThat(registry.get("executor.active").gauges()).extracting((gauge) -> gauge.getId().getTag("name"))
					.containsExactlyInAnyOrder("io", "cpu", "own");
				context.getBean("io", BoundedExecutor.class).submit(() -> 1).get();
				context.getBean("io", BoundedExecutor.class).close();
				assertThat(registry.get("async.executor.queue.wait").tag("name", "io").timer().count()).isEqualTo(1);
			});
	}

	@Test
	void whenThereIsARegistryThenPoliciesAndRateLimitersAreMeasured() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("async.policies.github.timeout=1s", "async.rate-limiters.shared.permits=5")
			.run((context) -> {
				context.getBean(Policies.class).get("github").call(() -> 1);

				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(registry.get("async.policy.calls")
					.tags("name", "github", "outcome", "succeeded")
					.functionCounter()
					.count()).isEqualTo(1);
				assertThat(registry.get("async.rate-limiter.burst").tag("name", "shared").gauge().value()).isEqualTo(5);
			});
	}

	@Test
	void whenPoliciesAreExcludedThenExecutorsAreMeasuredAllTheSame() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
					AsyncMetricsAutoConfiguration.class, MetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasSingleBean(BoundedExecutorMetrics.class)
				.doesNotHaveBean(PolicyMetrics.class)
				.doesNotHaveBean(RateLimiterMetrics.class));
	}

	@Test
	void whenThereIsNoRegistryThenNothingIsBound() {
		this.contextRunner.run((context) -> assertThat(context).hasBean("io")
			.doesNotHaveBean(BoundedExecutorMetrics.class)
			.doesNotHaveBean(PolicyMetrics.class));
	}

	@Test
	void whenMicrometerIsAbsentThenExecutorsWorkAllTheSame() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasBean("io").doesNotHaveBean("asyncExecutorMetrics"));
	}

}
