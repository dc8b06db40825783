package io.asyncstarter.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.asyncstarter.actuate.AsyncHealthIndicator;
import io.asyncstarter.policy.Policies;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AsyncHealthAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncMonitorAutoConfiguration.class, AsyncHealthAutoConfiguration.class))
		.withPropertyValues("async.monitor.pinning.enabled=false");

	@Test
	void healthHasASectionForWhatThereIs() {
		this.contextRunner.withBean(Policies.class, Policies::of).run((context) -> {
			AsyncHealthIndicator indicator = context.getBean("asyncHealthContributor", AsyncHealthIndicator.class);

			assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
			assertThat(indicator.health().getDetails()).containsOnlyKeys("executors", "policies", "queues",
					"event-loops");
		});
	}

	@Test
	void whenSwitchedOffThenThereIsNone() {
		this.contextRunner.withPropertyValues("management.health.async.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthContributor.class));
	}

	@Test
	void whenTheUserHasOneThenItWins() {
		HealthContributor own = new AsyncHealthIndicator(List.of());
		this.contextRunner.withBean("asyncHealthIndicator", HealthContributor.class, () -> own)
			.run((context) -> assertThat(context.getBean(HealthContributor.class)).isSameAs(own));
	}

	@Test
	void whenHealthIsAbsentThenTheRestWorksAllTheSame() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(HealthContributor.class))
			.run((context) -> assertThat(context).hasBean("io").doesNotHaveBean("asyncHealthContributor"));
	}

	@Test
	void whenAThresholdIsNotPositiveThenTheKeyIsNamed() {
		this.contextRunner.withPropertyValues("async.health.executor-saturated-above=0s")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("'async.health.executor-saturated-above' it must be greater than zero"));
	}

}
