package io.asyncstarter.autoconfigure;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user reads who has made a mistake in the configuration.
 */
class AsyncConfigurationFailureTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class));

	private FailureAnalysis analysisOf(String... properties) {
		return analysisOf(this.contextRunner.withPropertyValues(properties));
	}

	private static FailureAnalysis analysisOf(ApplicationContextRunner runner) {
		return FailureAnalyses.of(runner);
	}

	@Test
	void whenAKeyIsMistypedThenKeyValueReasonAndNearestKeyAreNamed() {
		FailureAnalysis analysis = analysisOf("async.executors.io.max-concurency=5");

		assertThat(analysis.getDescription()).isEqualToIgnoringNewLines("""
				There is a mistake in the configuration of the async starter:

				    Property: async.executors.io.max-concurency
				    Value: "5"
				    Origin: "async.executors.io.max-concurency" from property source "test"
				    Reason: there is no such key""");
		assertThat(analysis.getAction())
			.isEqualTo("async.executors.io.max-concurency: Did you mean 'async.executors.io.max-concurrency'?");
	}

	@Test
	void whenAKeyIsFarFromAllThenTheKnownOnesAreListed() {
		assertThat(analysisOf("async.executors.io.colour=5").getAction())
			.isEqualTo("async.executors.io.colour: Known keys of 'async.executors.io' are: max-concurrency, max-wait, "
					+ "queue-capacity, queue-timeout, run-timeout, threads, when-full.");
	}

	@Test
	void whenATopLevelKeyIsUnknownThenItIsNamed() {
		assertThat(analysisOf("async.executor.io.max-concurrency=5").getAction())
			.isEqualTo("async.executor: Did you mean 'async.executors'?");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					max-concurrency | 0         | it must be greater than zero | a whole number greater than zero
					max-concurrency | -1        | it must be greater than zero | a whole number greater than zero
					max-concurrency | many      | it is not a whole number greater than zero | a whole number greater than zero
					max-concurrency | 99999999999 | it is not a whole number greater than zero | a whole number greater than zero
					queue-capacity  | -1        | it must not be negative      | a whole number that is zero or greater
					max-wait        | -1s       | it must not be negative      | a duration that is zero or greater, such as 250ms, 5s or 1m
					queue-timeout   | 0s        | it must be greater than zero | a duration greater than zero, such as 250ms, 5s or 1m
					run-timeout     | -5s       | it must be greater than zero | a duration greater than zero, such as 250ms, 5s or 1m
					run-timeout     | soon      | it is not a duration greater than zero, such as 250ms, 5s or 1m | a duration greater than zero, such as 250ms, 5s or 1m
					when-full       | explode   | it is not one of reject, wait, caller-runs, discard-oldest | one of reject, wait, caller-runs, discard-oldest
					""")
	void whenAValueIsWrongThenValueReasonAndExpectedValueAreNamed(String key, String value, String reason,
			String expected) {
		String property = "async.executors.orders." + key;

		FailureAnalysis analysis = analysisOf("%s=%s".formatted(property, value));

		assertThat(analysis.getDescription()).contains("Property: " + property, "Value: \"%s\"".formatted(value),
				"Reason: " + reason);
		assertThat(analysis.getAction()).isEqualTo("%s: Set it to %s.".formatted(property, expected));
	}

	@Test
	void whenAnEnumerationIsMistypedThenTheNearestConstantIsNamed() {
		assertThat(analysisOf("async.executors.io.threads=virtaul").getAction())
			.isEqualTo("async.executors.io.threads: Did you mean 'virtual'?");
	}

	@Test
	void whenThereAreSeveralMistakesThenAllAreReportedTogether() {
		FailureAnalysis analysis = analysisOf("async.executors.io.max-concurrency=0",
				"async.executors.io.thread=virtual", "async.executors.Orders.queue-capacity=5",
				"async.shutdown.grace-period=-1s", "async.shutdwn.x=1");

		assertThat(analysis.getDescription()).startsWith("There are 5 mistakes in the configuration")
			.contains("async.executors.io.max-concurrency", "async.executors.io.thread", "async.executors.Orders",
					"async.shutdown.grace-period", "async.shutdwn");
		assertThat(Objects.requireNonNull(analysis.getAction()).lines()).hasSize(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Orders", "or_ders", "1orders", "or--ders" })
	void whenANameIsNotKebabCaseThenThatIsSaid(String name) {
		FailureAnalysis analysis = analysisOf("async.executors.[%s].queue-capacity=5".formatted(name));

		assertThat(analysis.getDescription()).contains("Reason: '%s' is not a name".formatted(name));
		assertThat(analysis.getAction()).contains("Take lower-case letters, digits and single dashes");
	}

	@ParameterizedTest
	@ValueSource(strings = { "applicationTaskExecutor", "taskExecutor", "taskScheduler", "bootstrapExecutor" })
	void whenANameIsReservedThenThatIsSaid(String name) {
		FailureAnalysis analysis = analysisOf("async.executors.%s.queue-capacity=5".formatted(name));

		assertThat(analysis.getDescription()).contains("Property: async.executors.%s".formatted(name),
				"Reason: '%s' is the name of a bean of Spring's own, which must not be replaced".formatted(name));
	}

	@Test
	void whenAConfiguredNameIsTakenByABeanThenThatIsSaid() {
		FailureAnalysis analysis = analysisOf(this.contextRunner.withBean("orders", Executor.class, () -> Runnable::run)
			.withPropertyValues("async.executors.orders.queue-capacity=5"));

		assertThat(analysis.getDescription()).contains("Property: async.executors.orders",
				"Reason: there is a bean named 'orders' already");
		assertThat(analysis.getAction()).contains("Rename the executor or the bean");
	}

	@Test
	void whenAMapGetsAValueThenThatIsSaid() {
		assertThat(analysisOf("async.executors=io").getDescription()).contains("Property: async.executors",
				"Reason: it takes keys below it, not a value");
	}

	@Test
	void whenAValueGetsKeysThenThatIsSaid() {
		assertThat(analysisOf("async.executors.io.threads.kind=virtual").getDescription())
			.contains("Reason: 'async.executors.io.threads' takes a value and has no keys below it");
	}

	@Test
	void whenAnUnknownExecutorIsAskedForThenTheNearestIsNamed() {
		FailureAnalysis analysis = analysisOf(
				this.contextRunner.withPropertyValues("async.executors.orders.threads=virtual")
					.withInitializer((context) -> ((GenericApplicationContext) context).registerBean("user",
							BoundedExecutor.class, () -> context.getBean(BoundedExecutors.class).get("order"))));

		assertThat(analysis.getDescription()).isEqualTo("There is no executor named 'order'.");
		assertThat(analysis.getAction()).isEqualTo("Did you mean 'orders'? Otherwise configure one of this name "
				+ "under 'async.executors.order'. There are: cpu, io, orders, user.");
	}

	@Test
	void whenAnUnknownKeyComesFromTheEnvironmentThenItIsNobodysMistake() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("ASYNC_PROFILER_HOME", "/opt", "ASYNC_EXECUTORS_IO_MAXCONCURRENCY", "9"))))
			.run((context) -> assertThat(context.getBean("io", BoundedExecutor.class).getMaxConcurrency())
				.isEqualTo(9));
	}

	@Test
	void whenAWrongValueComesFromTheEnvironmentThenItIsReported() {
		FailureAnalysis analysis = analysisOf(this.contextRunner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("ASYNC_EXECUTORS_IO_MAXCONCURRENCY", "zero")))));

		assertThat(analysis.getDescription()).contains("Value: \"zero\"");
	}

	@Test
	void whenAMapIsThereButEmptyThenThatIsSaid() {
		FailureAnalysis analysis = analysisOf(this.contextRunner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("yaml", Map.of("async.executors", "")))));

		assertThat(analysis.getAction())
			.isEqualTo("async.executors: Set 'async.executors.<name>' or another key of it, or remove it.");
	}

	@Test
	void whenAGroupOfKeysIsThereButEmptyThenItsDefaultsApply() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("yaml", Map.of("async.shutdown", ""))))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenAsyncMethodsNameUnknownExecutorsThenAllAreReportedTogether() {
		FailureAnalysis analysis = analysisOf(
				this.contextRunner.withUserConfiguration(MistypedAsyncConfiguration.class));

		assertThat(analysis.getDescription()).startsWith("There are 2 mistakes")
			.contains("@Async(\"oi\") on %s.send".formatted(Mails.class.getName()),
					"Reason: there is no executor named 'oi'")
			.contains("@Async(\"reports\") on %s.report".formatted(Mails.class.getName()));
		assertThat(analysis.getAction()).contains("Did you mean 'io'?",
				"Configure it under 'async.executors.reports'. There are: cpu, io, named.");
	}

	@Test
	void whenAFailureIsNotOursThenItIsLeftToOthers() {
		assertThat(new InvalidAsyncConfigurationFailureAnalyzer().analyze(new IllegalStateException("other"))).isNull();
		assertThat(new NoSuchExecutorFailureAnalyzer().analyze(new IllegalStateException("other"))).isNull();
		assertThat(new NoSuchPolicyFailureAnalyzer().analyze(new IllegalStateException("other"))).isNull();
		assertThat(new NoSuchRateLimiterFailureAnalyzer().analyze(new IllegalStateException("other"))).isNull();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class MistypedAsyncConfiguration {

		@Bean
		Mails mails() {
			return new Mails();
		}

		@Bean
		@Qualifier("mailing")
		Executor named() {
			return Runnable::run;
		}

	}

	static class Mails {

		@Async("oi")
		void send() {
		}

		@Async("reports")
		void report() {
		}

		@Async("mailing")
		void byQualifier() {
		}

		@Async("io")
		void byName() {
		}

		@Async("${mail.executor}")
		void byPlaceholder() {
		}

	}

}
