package io.asyncstarter.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.asyncstarter.policy.ApplyPolicy;
import io.asyncstarter.policy.ApplyPolicyBeanPostProcessor;
import io.asyncstarter.policy.ApplyPolicyProblem;
import io.asyncstarter.policy.Policies;

/**
 * Auto-configuration for {@link ApplyPolicy @ApplyPolicy}. Proxies are made as
 * {@code spring.aop.proxy-target-class} says. To change the place of policies among the
 * other interceptors of a bean, declare an {@link ApplyPolicyBeanPostProcessor} with
 * another order.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncPolicyAutoConfiguration.class)
@ConditionalOnBean(Policies.class)
public final class AsyncPolicyAnnotationAutoConfiguration {

	/**
	 * The post-processor that applies policies.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ApplyPolicyConfiguration {

		@Bean
		@ConditionalOnMissingBean
		static ApplyPolicyBeanPostProcessor applyPolicyBeanPostProcessor(ObjectProvider<Policies> policies,
				Environment environment) {
			ApplyPolicyBeanPostProcessor processor = new ApplyPolicyBeanPostProcessor(policies::getObject);
			processor
				.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
			processor.setProblemHandler((problems) -> {
				throw new InvalidAsyncConfigurationException(explained(problems));
			});
			return processor;
		}

		private static List<ConfigurationProblem> explained(List<ApplyPolicyProblem> problems) {
			return problems.stream()
				.map((problem) -> new ConfigurationProblem(problem.place(), problem.value(), null, problem.reason(),
						fix(problem)))
				.toList();
		}

		private static String fix(ApplyPolicyProblem problem) {
			String value = problem.value();
			return (value != null) ? NearestName.of(value, problem.candidates())
				.map((nearest) -> "Did you mean '%s'?".formatted(nearest))
				.orElse(problem.fix()) : problem.fix();
		}

	}

}
