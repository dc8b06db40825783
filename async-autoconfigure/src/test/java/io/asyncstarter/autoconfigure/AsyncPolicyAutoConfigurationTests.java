package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ByteArrayResource;

import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.policy.BulkheadSettings;
import io.asyncstarter.policy.CircuitBreakerSettings;
import io.asyncstarter.policy.HedgeSettings;
import io.asyncstarter.policy.Jitter;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyCustomizer;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicyListener;
import io.asyncstarter.policy.PolicySettings;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiterCustomizer;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.policy.RetryAfterExtractor;
import io.asyncstarter.policy.RetrySettings;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class AsyncPolicyAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class));

	private ApplicationContextRunner yaml(String yaml) {
		return this.contextRunner.withInitializer((context) -> load(yaml, context));
	}

	private static void load(String yaml, ConfigurableApplicationContext context) {
		try {
			new YamlPropertySourceLoader()
				.load("application.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
				.forEach(context.getEnvironment().getPropertySources()::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void everyKeyReachesItsSetting() {
		yaml("""
				async:
				  rate-limiters:
				    github: { permits: 100, per: 2s, burst: 20, max-wait: 500ms, max-keys: 5 }
				  policies:
				    github:
				      deadline: 5s
				      timeout: 1s
				      retry:
				        max-attempts: 4
				        backoff: 100ms
				        multiplier: 1.5
				        max-backoff: 2s
				        jitter: equal
				        budget: 20%
				        budget-minimum: 0.5
				        on: [java.io.IOException]
				        except: [java.io.FileNotFoundException, java.lang.IllegalStateException]
				        respect-retry-after: false
				        max-retry-after: 10s
				      hedge: { after: 300ms, max: 2 }
				      rate-limiter: github
				      bulkhead: { max-concurrency: 50, max-wait: 100ms, per-key: true }
				      circuit-breaker:
				        failure-rate: 40
				        window: 60
				        min-calls: 30
				        open-for: 10s
				        half-open-calls: 5
				        slow-call: 800ms
				        slow-call-rate: 80.5
				        record: [java.io.IOException]
				        ignore: [java.io.FileNotFoundException]
				      executor: io
				""").run((context) -> {
			RateLimiter limiter = context.getBean(RateLimiters.class).get("github");
			assertThat(limiter.getPermits()).isEqualTo(100);
			assertThat(limiter.getPer()).isEqualTo(Duration.ofSeconds(2));
			assertThat(limiter.getBurst()).isEqualTo(20);
			assertThat(limiter.getMaxWait()).isEqualTo(Duration.ofMillis(500));
			Policy policy = context.getBean(Policies.class).get("github");
			assertThat(policy.getRateLimiter()).containsSame(limiter);
			assertThat(policy.getSettings()).isEqualTo(new PolicySettings(Duration.ofSeconds(5), Duration.ofSeconds(1),
					new RetrySettings(4, Duration.ofMillis(100), 1.5, Duration.ofSeconds(2), Jitter.EQUAL, 0.2, 0.5,
							List.of(IOException.class),
							List.of(java.io.FileNotFoundException.class, IllegalStateException.class), null, false,
							Duration.ofSeconds(10)),
					new HedgeSettings(Duration.ofMillis(300), 2),
					new CircuitBreakerSettings(40f, 60, 30, Duration.ofSeconds(10), 5, Duration.ofMillis(800), 80.5f,
							List.of(IOException.class), List.of(java.io.FileNotFoundException.class)),
					"github", new BulkheadSettings(50, Duration.ofMillis(100), true), "io"));
		});
	}

	@Test
	void whenThereIsNoYamlThenThereAreEmptyRegistries() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(Policies.class).names()).isEmpty();
			assertThat(context.getBean(RateLimiters.class).names()).isEmpty();
			assertThat(context).doesNotHaveBean(CircuitBreakerRegistry.class).doesNotHaveBean(Policy.class);
		});
	}

	@Test
	void whenAStrategyIsNamedWithoutKeysThenItsDefaultsApply() {
		yaml("""
				async:
				  policies:
				    plain:
				      retry:
				      circuit-breaker: {}
				      bulkhead: {}
				    nothing:
				""").run((context) -> {
			Policy plain = context.getBean(Policies.class).get("plain");
			assertThat(plain.getRetry()).isPresent();
			assertThat(plain.getCircuitBreaker()).isPresent();
			assertThat(plain.getBulkhead().orElseThrow().getMaxConcurrency()).isEqualTo(25);
			assertThat(context.getBean(Policies.class).get("nothing").getSettings()).isEqualTo(PolicySettings.NONE);
		});
	}

	@Test
	void budgetMayBeAFraction() {
		this.contextRunner
			.withPropertyValues("async.policies.a.retry.budget=0.25", "async.policies.b.retry.budget= 5 %")
			.run((context) -> {
				assertThat(budget(context.getBean(Policies.class).get("a"))).isEqualTo(0.25);
				assertThat(budget(context.getBean(Policies.class).get("b"))).isEqualTo(0.05);
			});
	}

	private static Double budget(Policy policy) {
		return Objects.requireNonNull(Objects.requireNonNull(policy.getSettings().retry()).budget());
	}

	@Test
	void whenAPolicyExtendsOthersThenItsOwnPartsWinAndTheNearestAncestorsFollow() {
		yaml("""
				async:
				  policies:
				    base: { deadline: 9s, timeout: 3s, retry: { max-attempts: 5, backoff: 10ms } }
				    middle: { extends: base, timeout: 2s, retry: { backoff: 20ms } }
				    leaf: { extends: middle, retry: { jitter: none } }
				""").run((context) -> {
			PolicySettings leaf = context.getBean(Policies.class).get("leaf").getSettings();

			assertThat(leaf.deadline()).isEqualTo(Duration.ofSeconds(9));
			assertThat(leaf.timeout()).isEqualTo(Duration.ofSeconds(2));
			assertThat(leaf.retry()).isEqualTo(
					RetrySettings.builder().maxAttempts(5).backoff(Duration.ofMillis(20)).jitter(Jitter.NONE).build());
		});
	}

	@Test
	void customizersAreCalledInOrderAfterTheProperties() {
		this.contextRunner.withUserConfiguration(CustomizerConfiguration.class)
			.withPropertyValues("async.policies.github.deadline=1s", "async.policies.github.timeout=500ms",
					"async.rate-limiters.github.permits=5", "async.rate-limiters.github.burst=5")
			.run((context) -> {
				Policy policy = context.getBean(Policies.class).get("github");
				assertThat(policy.getDeadline()).contains(Duration.ofSeconds(12));
				assertThat(policy.getTimeout()).contains(Duration.ofMillis(500));
				assertThat(policy.<String>call(() -> {
					throw new IOException("expected");
				})).isEqualTo("fallback of github");
				RateLimiter limiter = context.getBean(RateLimiters.class).get("github");
				assertThat(limiter.getPermits()).isEqualTo(12);
				assertThat(limiter.getBurst()).isEqualTo(5);
			});
	}

	@Test
	void whenUserDeclaresRegistriesThenTheyWin() {
		Policies policies = Policies.of();
		RateLimiters rateLimiters = RateLimiters.of(RateLimiter.builder("mine").build());
		this.contextRunner.withBean("policies", Policies.class, () -> policies)
			.withBean("rateLimiters", RateLimiters.class, () -> rateLimiters)
			.run((context) -> {
				assertThat(context.getBean(Policies.class)).isSameAs(policies);
				assertThat(context.getBean(RateLimiters.class)).isSameAs(rateLimiters);
			});
	}

	@Test
	void whenUserDeclaresRateLimitersThenPoliciesMayNameThem() {
		RateLimiters rateLimiters = RateLimiters.of(RateLimiter.builder("mine").build());
		this.contextRunner.withBean(RateLimiters.class, () -> rateLimiters)
			.withPropertyValues("async.policies.github.rate-limiter=mine")
			.run((context) -> assertThat(context.getBean(Policies.class).get("github").getRateLimiter())
				.containsSame(rateLimiters.get("mine")));
	}

	@Test
	void whenUserDeclaresSingleOnesThenTheyAreInTheRegistries() {
		RateLimiter limiter = RateLimiter.builder("mine").build();
		this.contextRunner.withBean("limiter", RateLimiter.class, () -> limiter)
			.withUserConfiguration(OwnPolicyConfiguration.class)
			.withPropertyValues("async.policies.github.rate-limiter=mine", "async.rate-limiters.other.permits=3")
			.run((context) -> {
				assertThat(context.getBean(RateLimiters.class).names()).containsExactly("mine", "other");
				assertThat(context.getBean(Policies.class).names()).containsExactly("github", "own");
				assertThat(context.getBean(Policies.class).get("github").getRateLimiter()).containsSame(limiter);
				assertThat(context.getBean(Policies.class).get("own").getRateLimiter()).containsSame(limiter);
			});
	}

	@Test
	void whenABeanHasAConfiguredNameThenThatIsRefused() {
		this.contextRunner.withBean(RateLimiter.class, () -> RateLimiter.builder("github").build())
			.withPropertyValues("async.rate-limiters.github.permits=3")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidAsyncConfigurationException.class)
				.hasMessageContaining(
						"'async.rate-limiters.github' there is a bean that is a rate limiter named 'github'"));
	}

	@Test
	void listenersAndExtractorsOfTheContextAreAskedInOrder() {
		List<Object> seen = new CopyOnWriteArrayList<>();
		PolicyListener listener = (event) -> seen.add(event.kind());
		RetryAfterExtractor extractor = (failure) -> {
			seen.add("asked");
			return Duration.ZERO;
		};
		this.contextRunner.withBean(PolicyListener.class, () -> listener)
			.withBean(RetryAfterExtractor.class, () -> extractor)
			.withPropertyValues("async.policies.github.retry.backoff=1h", "async.policies.github.retry.max-backoff=1h",
					"async.policies.github.retry.max-attempts=2")
			.run((context) -> {
				Policy policy = context.getBean(Policies.class).get("github");

				assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(() -> {
					throw new IOException("expected");
				}));

				assertThat(seen).containsExactly("asked", PolicyEventKind.RETRIED, PolicyEventKind.GAVE_UP,
						PolicyEventKind.FAILED);
			});
	}

	@Test
	void whenUserDeclaresATimerThenPoliciesAndRateLimitersGoByIt() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		this.contextRunner.withBean(DeadlineTimer.class, () -> timer)
			.withPropertyValues("async.rate-limiters.github.permits=1", "async.policies.github.rate-limiter=github",
					"async.policies.github.timeout=1s", "async.policies.github.deadline=1m")
			.run((context) -> {
				RateLimiter limiter = context.getBean(RateLimiters.class).get("github");
				Policy policy = context.getBean(Policies.class).get("github");

				assertThat(policy.<Integer>call(() -> timer.armed())).isEqualTo(2);
				assertThat(limiter.tryAcquire()).isFalse();
				timer.advance(Duration.ofSeconds(1));
				assertThat(limiter.tryAcquire()).isTrue();
			});
	}

	@Test
	void whenAnExecutorIsNamedThenTheWorkRunsThere() {
		this.contextRunner.withPropertyValues("async.policies.github.executor=io")
			.run((context) -> assertThat(
					context.getBean(Policies.class).get("github").<String>call(() -> Thread.currentThread().getName()))
				.startsWith("io-"));
	}

	@Test
	void whenResilience4jIsThereThenItsRegistriesAreUsed() {
		this.contextRunner
			.withConfiguration(AutoConfigurations.of(CircuitBreakerAutoConfiguration.class,
					BulkheadAutoConfiguration.class, RetryAutoConfiguration.class))
			.withPropertyValues("async.policies.github.circuit-breaker.window=10", "async.policies.github.timeout=1s",
					"async.policies.github.bulkhead.max-concurrency=3", "async.policies.github.retry.max-attempts=2",
					"resilience4j.circuitbreaker.instances.known.slidingWindowSize=7",
					"async.policies.known.circuit-breaker.window=10", "async.policies.known.timeout=1s")
			.run((context) -> {
				Policy policy = context.getBean(Policies.class).get("github");

				assertThat(context.getBean(CircuitBreakerRegistry.class).find("github"))
					.isEqualTo(policy.getCircuitBreaker());
				assertThat(context.getBean(BulkheadRegistry.class).find("github").orElseThrow())
					.isSameAs(policy.getBulkhead().orElseThrow());
				assertThat(context.getBean(RetryRegistry.class).find("github")).isEqualTo(policy.getRetry());
				CircuitBreaker known = context.getBean(Policies.class).get("known").getCircuitBreaker().orElseThrow();
				assertThat(known.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(7);
			});
	}

	@Test
	void whenThereAreTwoRegistriesOfAKindThenNeitherIsTaken() {
		CircuitBreakerRegistry one = CircuitBreakerRegistry.ofDefaults();
		this.contextRunner.withBean("one", CircuitBreakerRegistry.class, () -> one)
			.withBean("two", CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
			.withPropertyValues("async.policies.github.circuit-breaker.window=10", "async.policies.github.timeout=1s")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(one.getAllCircuitBreakers()).isEmpty();
			});
	}

	@Test
	void whenABreakerHasNoTimeoutThenThatIsWarnedOf(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("async.policies.github.circuit-breaker.window=10",
					"async.policies.slow.circuit-breaker.slow-call=2s", "async.policies.slow.timeout=1s",
					"async.policies.good.circuit-breaker.slow-call=800ms", "async.policies.good.timeout=1s")
			.run((context) -> assertThat(output)
				.contains("Policy 'github' has a circuit breaker but no timeout, so calls that hang are never counted "
						+ "as failures: set 'async.policies.github.timeout'")
				.contains("Policy 'slow' never sees a slow call")
				.doesNotContain("Policy 'good'"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPolicyConfiguration {

		@Bean
		Policy own(PolicyEnvironment environment) {
			return Policy.builder("own").environment(environment).rateLimiter("mine").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		@Order(2)
		PolicyCustomizer last() {
			return (name, builder) -> builder.deadline(Duration.ofSeconds(12));
		}

		@Bean
		@Order(1)
		PolicyCustomizer first() {
			return (name, builder) -> builder.deadline(Duration.ofSeconds(11))
				.fallback((failure) -> "fallback of " + name);
		}

		@Bean
		@Order(2)
		RateLimiterCustomizer lastLimiter() {
			return (name, builder) -> builder.permits(12);
		}

		@Bean
		@Order(1)
		RateLimiterCustomizer firstLimiter() {
			return (name, builder) -> builder.permits(11);
		}

	}

}
