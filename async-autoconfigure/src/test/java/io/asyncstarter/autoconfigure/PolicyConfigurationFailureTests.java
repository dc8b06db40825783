package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.RateLimiter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user reads who has made a mistake in the configuration of a policy or a rate
 * limiter.
 */
@Timeout(60)
class PolicyConfigurationFailureTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class));

	private FailureAnalysis analysisOf(String... properties) {
		return FailureAnalyses.of(this.contextRunner.withPropertyValues(properties));
	}

	private void assertSingle(FailureAnalysis analysis, String key, String reason, String fix) {
		assertThat(analysis.getDescription()).startsWith("There is a mistake")
			.contains("Property: " + key)
			.endsWith("Reason: " + reason);
		assertThat(analysis.getAction()).isEqualTo("%s: %s".formatted(key, fix));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			deadline                      | 0s   | it must be greater than zero
			timeout                       | -1s  | it must be greater than zero
			retry.max-attempts            | 0    | it must be greater than zero
			retry.backoff                 | -1ms | it must not be negative
			retry.multiplier              | 0.5  | it must be at least 1
			retry.multiplier              | NaN  | it must be at least 1
			retry.max-backoff             | -1s  | it must not be negative
			retry.jitter                  | some | it is not one of none, equal, full
			retry.budget                  | 120% | it is not a share from 0% to 100%, such as 20% or 0.2
			retry.budget                  | 20   | it is not a share from 0% to 100%, such as 20% or 0.2
			retry.budget                  | much | it is not a share from 0% to 100%, such as 20% or 0.2
			retry.budget-minimum          | -0.1 | it must not be negative
			retry.max-retry-after         | -1s  | it must not be negative
			retry.on                      | java.io.IOExcepton | there is no such class on the class path
			retry.on                      | java.lang.String | 'java.lang.String' is not an exception
			retry.except                  | nothing | there is no such class on the class path
			hedge.after                   | -1s  | it must not be negative
			hedge.max                     | 0    | it must be greater than zero
			bulkhead.max-concurrency      | 0    | it must be greater than zero
			bulkhead.max-wait             | -1s  | it must not be negative
			circuit-breaker.failure-rate  | 0    | it must be greater than zero and at most 100
			circuit-breaker.failure-rate  | 101  | it must be greater than zero and at most 100
			circuit-breaker.window        | 0    | it must be greater than zero
			circuit-breaker.min-calls     | 0    | it must be greater than zero
			circuit-breaker.open-for      | 0s   | it must be greater than zero
			circuit-breaker.open-for      | 10us | it must be at least 1 ms
			circuit-breaker.half-open-calls | 0  | it must be greater than zero
			circuit-breaker.slow-call     | 0s   | it must be greater than zero
			circuit-breaker.slow-call-rate | 100.5 | it must be greater than zero and at most 100
			circuit-breaker.record        | java.lang.Integer | 'java.lang.Integer' is not an exception
			""")
	void whenAValueOfAPolicyIsWrongThenKeyValueAndReasonAreNamed(String key, String value, String reason) {
		FailureAnalysis analysis = analysisOf("async.policies.github.%s=%s".formatted(key, value));

		assertThat(analysis.getDescription()).startsWith("There is a mistake")
			.contains("Property: async.policies.github." + key, "Value: \"%s\"".formatted(value),
					"Origin: \"async.policies.github." + key)
			.endsWith("Reason: " + reason);
		assertThat(analysis.getAction()).startsWith("async.policies.github.%s: ".formatted(key));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			permits  | 0   | it must be greater than zero
			per      | 0s  | it must be greater than zero
			burst    | 0   | it must be greater than zero
			max-wait | -1s | it must not be negative
			max-keys | 0   | it must be greater than zero
			permits  | 2000000000 | it must be at most one a nanosecond
			""")
	void whenAValueOfARateLimiterIsWrongThenKeyValueAndReasonAreNamed(String key, String value, String reason) {
		FailureAnalysis analysis = analysisOf("async.rate-limiters.github.%s=%s".formatted(key, value));

		assertThat(analysis.getDescription()).startsWith("There is a mistake")
			.contains("Property: async.rate-limiters.github." + key, "Value: \"%s\"".formatted(value))
			.endsWith("Reason: " + reason);
	}

	@ParameterizedTest
	@CsvSource({ "java.io.IOExcepton, java.io.IOException", "IOException, java.io.IOException",
			"TimeoutException, java.util.concurrent.TimeoutException" })
	void whenAnExceptionIsMistypedThenTheNearestIsNamed(String typed, String meant) {
		assertThat(analysisOf("async.policies.github.retry.on[0]=" + typed).getAction())
			.isEqualTo("async.policies.github.retry.on: Did you mean '%s'?".formatted(meant));
	}

	@Test
	void whenAnExceptionIsMistypedUnderAnUnquotedOnThenTheKeyIsShownAsWritten() {
		assertThat(analysisOf("async.policies.github.retry.true[0]=java.io.IOExcepton").getDescription())
			.contains("Property: async.policies.github.retry.on", "Value: \"java.io.IOExcepton\"");
	}

	@Test
	void whenAKeyIsUnknownThenTheKnownOnesAreListedAsTheyAreWritten() {
		assertThat(analysisOf("async.policies.github.retry.colour=5").getAction())
			.isEqualTo("async.policies.github.retry.colour: Known keys of 'async.policies.github.retry' are: backoff, "
					+ "budget, budget-minimum, except, jitter, max-attempts, max-backoff, max-retry-after, multiplier, "
					+ "on, respect-retry-after.");
		assertThat(analysisOf("async.policies.github.extend=base").getAction())
			.isEqualTo("async.policies.github.extend: Did you mean 'async.policies.github.extends'?");
	}

	@Test
	void exceptionsAreLookedForWithTheClassLoaderOfTheBeans() {
		FailureAnalysis analysis = FailureAnalyses
			.of(this.contextRunner.withClassLoader(new FilteredClassLoader("reactor.core."))
				.withPropertyValues("async.policies.github.retry.on=reactor.core.Exceptions$ReactorRejected"));

		assertThat(analysis.getDescription()).endsWith("Reason: there is no such class on the class path");
	}

	@Test
	void whenANameIsNotKebabCaseThenThatIsSaid() {
		assertThat(analysisOf("async.policies.[GitHub].timeout=5s").getDescription())
			.endsWith("Reason: 'GitHub' is not a name");
		assertThat(analysisOf("async.rate-limiters.[git_hub].permits=5").getAction())
			.endsWith("for example 'git-hub'.");
	}

	@Test
	void whenARateLimiterIsUnknownThenTheNearestIsNamed() {
		assertSingle(analysisOf("async.rate-limiters.github.permits=5", "async.policies.calls.rate-limiter=gihub"),
				"async.policies.calls.rate-limiter", "there is no rate limiter named 'gihub'",
				"Did you mean 'github'?");
		assertThat(analysisOf("async.policies.calls.rate-limiter=gihub").getAction())
			.isEqualTo("async.policies.calls.rate-limiter: Configure it under 'async.rate-limiters.gihub'.");
	}

	@Test
	void whenAnExecutorIsUnknownThenTheNearestIsNamed() {
		assertSingle(analysisOf("async.policies.calls.executor=oi"), "async.policies.calls.executor",
				"there is no executor named 'oi'", "Did you mean 'io'?");
		assertThat(analysisOf("async.policies.calls.executor=reports").getAction())
			.endsWith("Configure it under 'async.executors.reports', or take one of cpu, io.");
	}

	@Test
	void whenAnExecutorIsABeanThenItIsKnown() {
		this.contextRunner
			.withBean("mine", BoundedExecutor.class, () -> BoundedExecutor.builder("mine").maxConcurrency(1).build())
			.withPropertyValues("async.policies.calls.executor=mine")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenTheParentIsUnknownThenTheNearestIsNamed() {
		assertSingle(analysisOf("async.policies.base.timeout=1s", "async.policies.calls.extends=bse"),
				"async.policies.calls.extends", "there is no policy named 'bse'", "Did you mean 'base'?");
		assertThat(analysisOf("async.policies.calls.extends=call").getAction())
			.endsWith("Configure it under 'async.policies.call'.");
	}

	@Test
	void whenAPolicyExtendsItselfThenThatIsSaid() {
		assertSingle(analysisOf("async.policies.calls.extends=calls"), "async.policies.calls.extends",
				"a policy cannot extend itself", "Remove it, or name another policy.");
	}

	@Test
	void whenPoliciesExtendEachOtherInACircleThenItIsShownOnce() {
		assertSingle(
				analysisOf("async.policies.b.extends=c", "async.policies.c.extends=a", "async.policies.a.extends=b",
						"async.policies.outside.extends=b", "async.policies.outside.timeout=1s"),
				"async.policies.a.extends", "policies extend each other in a circle: a -> b -> c -> a",
				"Remove 'extends' from one of them.");
	}

	@Test
	void whenTimeoutIsLongerThanDeadlineThenBothKeysAreNamed() {
		assertSingle(analysisOf("async.policies.calls.timeout=10s", "async.policies.calls.deadline=5s"),
				"async.policies.calls.timeout", "it must not be more than 'async.policies.calls.deadline', which is 5s",
				"Set it to at most 5s, or change 'async.policies.calls.deadline'.");
	}

	@Test
	void whenTheDeadlineIsInheritedThenItsKeyIsThatOfTheAncestor() {
		assertSingle(
				analysisOf("async.policies.base.deadline=5s", "async.policies.middle.extends=base",
						"async.policies.calls.extends=middle", "async.policies.calls.timeout=10s"),
				"async.policies.calls.timeout", "it must not be more than 'async.policies.base.deadline', which is 5s",
				"Set it to at most 5s, or change 'async.policies.base.deadline'.");
	}

	@Test
	void whenTheTimeoutIsInheritedThenTheDeadlineIsAtFault() {
		assertSingle(
				analysisOf("async.policies.base.timeout=10s", "async.policies.calls.extends=base",
						"async.policies.calls.deadline=5s", "async.policies.below.extends=calls"),
				"async.policies.calls.deadline", "it must not be less than 'async.policies.base.timeout', which is 10s",
				"Set it to at least 10s, or change 'async.policies.base.timeout'.");
	}

	@Test
	void whenBackoffIsLongerThanItsMaximumThenThatIsSaid() {
		assertSingle(analysisOf("async.policies.calls.retry.backoff=1m"), "async.policies.calls.retry.backoff",
				"it must not be more than 'async.policies.calls.retry.max-backoff', which is 30s by default",
				"Set it to at most 30s, or change 'async.policies.calls.retry.max-backoff'.");
		assertThat(analysisOf("async.policies.calls.retry.backoff=2s", "async.policies.calls.retry.max-backoff=1s")
			.getDescription()).contains("'async.policies.calls.retry.max-backoff', which is 1s");
	}

	@Test
	void whenABreakerWantsMoreCallsThanItLooksAtThenThatIsSaid() {
		assertThat(analysisOf("async.policies.calls.circuit-breaker.min-calls=200").getDescription()).endsWith(
				"Reason: it must not be more than 'async.policies.calls.circuit-breaker.window', which is 100 by default");
	}

	@Test
	void whenAHedgeComesTooLateThenThatIsSaid() {
		assertSingle(analysisOf("async.policies.calls.hedge.after=1s", "async.policies.calls.timeout=1s"),
				"async.policies.calls.hedge.after", "it must be less than 'async.policies.calls.timeout', which is 1s",
				"Set it to less than 1s, or change 'async.policies.calls.timeout'.");
		assertSingle(analysisOf("async.policies.calls.hedge.max=1", "async.policies.calls.deadline=100ms"),
				"async.policies.calls.deadline",
				"it must be more than 'async.policies.calls.hedge.after', which is 200ms by default",
				"Set it to more than 200ms, or change 'async.policies.calls.hedge.after'.");
		assertSingle(
				analysisOf("async.policies.base.timeout=100ms", "async.policies.calls.extends=base",
						"async.policies.calls.hedge.max=1"),
				"async.policies.calls.hedge.after",
				"it must be less than 'async.policies.base.timeout', which is 100ms",
				"Set it to less than 100ms, or change 'async.policies.base.timeout'.");
	}

	@Test
	void whenAnExceptionIsRetriedForNothingThenThatIsSaid() {
		assertSingle(
				analysisOf("async.policies.calls.retry.on=java.io.FileNotFoundException,java.lang.RuntimeException",
						"async.policies.calls.retry.except=java.io.IOException"),
				"async.policies.calls.retry.on",
				"'java.io.FileNotFoundException' of 'async.policies.calls.retry.on' has no effect, since "
						+ "'java.io.IOException' of 'async.policies.calls.retry.except' wins over it",
				"Remove one of the two, or narrow the latter.");
	}

	@Test
	void whenThereAreMistakesOfAllKindsThenAllAreReportedTogetherAndNoneTwice() {
		FailureAnalysis analysis = analysisOf("async.executors.orders.max-concurrency=0",
				"async.rate-limiters.github.permits=none", "async.policies.a.extends=b", "async.policies.b.extends=a",
				"async.policies.c.timeout=2s", "async.policies.c.deadline=1s", "async.policies.c.rate-limiter=git",
				"async.policies.c.executor=orders", "async.policies.d.rate-limiter=github",
				"async.policies.d.retry.multiplier=0", "async.policies.d.extends=e", "async.policies.e=5");

		assertThat(analysis.getDescription()).startsWith("There are 7 mistakes");
		assertThat(Objects.requireNonNull(analysis.getAction()).lines())
			.extracting((line) -> line.substring(0, line.indexOf(':')))
			.containsExactly("async.executors.orders.max-concurrency", "async.policies.a.extends",
					"async.policies.c.rate-limiter", "async.policies.c.timeout", "async.policies.d.retry.multiplier",
					"async.policies.e", "async.rate-limiters.github.permits");
	}

	@Test
	void whenUserDeclaresExecutorsThenTheirNamesAreNotGuessed() {
		BoundedExecutor mine = BoundedExecutor.builder("mine").maxConcurrency(1).build();
		this.contextRunner.withBean(BoundedExecutors.class, () -> BoundedExecutors.of(mine))
			.withPropertyValues("async.policies.calls.executor=mine")
			.run((context) -> assertThat(context).hasNotFailed());
		mine.close();
	}

	@Test
	void whenALimiterOfAUsersBeanIsMistypedThenTheNearestIsNamedAllTheSame() {
		FailureAnalysis analysis = FailureAnalyses
			.of(this.contextRunner.withBean(RateLimiter.class, () -> RateLimiter.builder("github").build())
				.withPropertyValues("async.policies.calls.rate-limiter=gihub"));

		assertThat(analysis.getDescription()).isEqualTo("There is no rate limiter named 'gihub'.");
		assertThat(analysis.getAction()).isEqualTo("Did you mean 'github'? Otherwise configure one of this name under "
				+ "'async.rate-limiters.gihub'. There are: github.");
	}

	@Test
	void whenAnUnknownPolicyIsAskedForThenTheNearestIsNamed() {
		FailureAnalysis analysis = FailureAnalyses
			.of(this.contextRunner.withPropertyValues("async.policies.github.timeout=1s")
				.withUserConfiguration(AskingConfiguration.class));

		assertThat(analysis.getDescription()).isEqualTo("There is no policy named 'gihub'.");
		assertThat(analysis.getAction()).isEqualTo("Did you mean 'github'? Otherwise configure one of this name under "
				+ "'async.policies.gihub'. There are: github.");
	}

	@Configuration(proxyBeanMethods = false)
	static class AskingConfiguration {

		@Bean
		Duration timeout(Policies policies) {
			return policies.get("gihub").getTimeout().orElseThrow();
		}

	}

}
