package io.asyncstarter.autoconfigure;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.asyncstarter.policy.ApplyPolicy;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ApplyPolicy @ApplyPolicy} beside the annotations of Resilience4j's
 * starter, on the same bean and on the same method.
 */
@Timeout(60)
class ApplyPolicyBesideResilience4jTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, CircuitBreakerAutoConfiguration.class,
				RetryAutoConfiguration.class, AsyncPolicyAnnotationAutoConfiguration.class))
		.withUserConfiguration(PoliciesConfiguration.class)
		.withBean(Service.class)
		.withPropertyValues("resilience4j.retry.instances.theirs.max-attempts=3",
				"resilience4j.retry.instances.theirs.wait-duration=1ms");

	@Test
	void eachMethodHasItsOwn() {
		this.contextRunner.run((context) -> {
			Service service = context.getBean(Service.class);
			Policy policy = context.getBean(Policies.class).get("ours");

			assertThatIllegalStateException().isThrownBy(service::theirs);
			assertThat(context.getBean(RetryRegistry.class)
				.retry("theirs")
				.getMetrics()
				.getNumberOfFailedCallsWithRetryAttempt()).isOne();
			assertThat(policy.getCount(PolicyEventKind.FAILED)).isZero();

			assertThat(service.ours()).isEqualTo("ours");
			assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isOne();
			assertThat(AopUtils.isAopProxy(AopProxyUtils.getSingletonTarget(service))).isFalse();
		});
	}

	@Test
	void policyIsAroundTheirsAndInTheSameRegistry() {
		this.contextRunner.run((context) -> {
			Policy policy = context.getBean(Policies.class).get("ours");

			assertThatIllegalStateException().isThrownBy(context.getBean(Service.class)::both);

			CircuitBreakerRegistry registry = context.getBean(CircuitBreakerRegistry.class);
			assertThat(registry.circuitBreaker("theirs").getMetrics().getNumberOfFailedCalls()).isEqualTo(3);
			assertThat(registry.circuitBreaker("ours").getMetrics().getNumberOfFailedCalls()).isOne();
			assertThat(policy.getCount(PolicyEventKind.FAILED)).isOne();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class PoliciesConfiguration {

		@Bean
		Policies policies(CircuitBreakerRegistry circuitBreakers) {
			return Policies.of(Policy.builder("ours")
				.environment(PolicyEnvironment.builder().circuitBreakers(circuitBreakers).build())
				.circuitBreaker((breaker) -> breaker.window(10))
				.build());
		}

	}

	static class Service {

		@Retry(name = "theirs")
		String theirs() {
			throw new IllegalStateException();
		}

		@ApplyPolicy("ours")
		String ours() {
			return "ours";
		}

		@Retry(name = "theirs")
		@CircuitBreaker(name = "theirs")
		@ApplyPolicy("ours")
		String both() {
			throw new IllegalStateException();
		}

	}

}
