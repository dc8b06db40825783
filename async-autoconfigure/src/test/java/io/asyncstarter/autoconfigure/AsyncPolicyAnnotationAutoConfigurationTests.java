package io.asyncstarter.autoconfigure;

import java.util.Objects;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import io.asyncstarter.policy.ApplyPolicy;
import io.asyncstarter.policy.ApplyPolicyBeanPostProcessor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AsyncPolicyAnnotationAutoConfiguration}.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class AsyncPolicyAnnotationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncPolicyAnnotationAutoConfiguration.class));

	private final ApplicationContextRunner withPolicies = this.contextRunner
		.withUserConfiguration(PoliciesConfiguration.class);

	@Test
	void whenThereAreNoPoliciesThenNothingIsAdded() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(ApplyPolicyBeanPostProcessor.class));
	}

	@Test
	void whenThereIsAnAnnotationThenItsPolicyIsApplied(CapturedOutput output) {
		this.withPolicies.withUserConfiguration(GitHub.class).run((context) -> {
			assertThat(context.getBean(GitHub.class).stars()).isEqualTo(42);
			assertThat(context.getBean(Policies.class).get("github").getCount(PolicyEventKind.FALLBACK_USED)).isOne();
			assertThat(AopUtils.isCglibProxy(context.getBean(GitHub.class))).isTrue();
			assertThat(output).doesNotContain("is not eligible");
		});
	}

	@Test
	void whenAPolicyIsConfiguredThenItIsApplied() {
		this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class))
			.withPropertyValues("async.policies.github.retry.max-attempts=2", "async.policies.github.retry.backoff=1ms")
			.withUserConfiguration(GitHub.class)
			.run((context) -> {
				assertThat(context.getBean(GitHub.class).stars()).isEqualTo(42);
				assertThat(context.getBean(Policies.class).get("github").getCount(PolicyEventKind.RETRIED)).isOne();
			});
	}

	@Test
	void whenNothingIsAnnotatedThenPoliciesAreNotCreatedForIt() {
		this.contextRunner.withUserConfiguration(LazyPoliciesConfiguration.class)
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("policies")).isFalse());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenProxiesAreOfInterfacesThenThoseOfPoliciesAreToo(boolean withAop) {
		this.withPolicies
			.withConfiguration(
					AutoConfigurations.of((withAop) ? new Class<?>[] { AopAutoConfiguration.class } : new Class<?>[0]))
			.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean("stars", Stars.class, GitHub::new)
			.run((context) -> {
				assertThat(AopUtils.isJdkDynamicProxy(context.getBean("stars"))).isTrue();
				assertThat(context.getBean(Stars.class).stars()).isEqualTo(42);
			});
	}

	@Test
	void whenUserHasAPostProcessorThenItWins() {
		this.withPolicies.withUserConfiguration(OwnPostProcessor.class)
			.run((context) -> assertThat(context).getBean(ApplyPolicyBeanPostProcessor.class)
				.extracting(Ordered::getOrder)
				.isEqualTo(5));
	}

	@Test
	void whenInitializationIsLazyThenMistakesAreFoundNevertheless() {
		this.withPolicies
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withUserConfiguration(Mistaken.class)
			.run((context) -> assertThat(context).getFailure().isInstanceOf(InvalidAsyncConfigurationException.class));
	}

	@Test
	void whenThereAreMistakesThenAllAreExplained() {
		this.withPolicies.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class))
			.withUserConfiguration(Mistaken.class)
			.run((context) -> {
				FailureAnalysis analysis = Objects.requireNonNull(new InvalidAsyncConfigurationFailureAnalyzer()
					.analyze(Objects.requireNonNull(context.getStartupFailure())));
				String type = Mistaken.class.getName();

				assertThat(analysis.getDescription()).isEqualTo(
						"""
								There are 4 mistakes in the configuration of the async starter:

								    Property: @ApplyPolicy("${policy}") on %1$s.unset()
								    Reason: its name cannot be resolved: Could not resolve placeholder 'policy' in value "${policy}"

								    Property: @ApplyPolicy("githb") on %1$s.stars(String)
								    Value: "githb"
								    Reason: there is no policy named 'githb'

								    Property: @ApplyPolicy("github") on %1$s.forks(String)
								    Value: "#ower"
								    Reason: the key names an argument '#ower' that there is not

								    Property: @ApplyPolicy("github") on %1$s.forks(String)
								    Value: "none"
								    Reason: there is no method 'none' in %1$s"""
							.formatted(type));
				assertThat(analysis.getAction()).isEqualTo("""
						@ApplyPolicy("${policy}") on %1$s.unset(): Set the property.
						@ApplyPolicy("githb") on %1$s.stars(String): Did you mean 'github'?
						@ApplyPolicy("github") on %1$s.forks(String): Did you mean '#owner'?
						@ApplyPolicy("github") on %1$s.forks(String): Write one, or correct 'fallbackMethod'."""
					.formatted(type));
			});
	}

	@Test
	void fallbacksAreKnownToNativeImages() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(PoliciesConfiguration.class, AsyncPolicyAnnotationAutoConfiguration.class, GitHub.class);
		TestGenerationContext generationContext = new TestGenerationContext();

		new ApplicationContextAotGenerator().processAheadOfTime(context, generationContext);

		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(GitHub.class, "none"))
			.accepts(generationContext.getRuntimeHints());
	}

	@Test
	@CompileWithForkedClassLoader // the generated code uses what is private to our
									// package
	void generatedContextAppliesPolicies() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(PoliciesConfiguration.class, AsyncPolicyAnnotationAutoConfiguration.class, GitHub.class);
		TestGenerationContext generationContext = new TestGenerationContext();
		ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generationContext);
		generationContext.writeGeneratedContent();

		TestCompiler.forSystem().with(generationContext).compile((compiled) -> start(compiled, initializer));
	}

	@SuppressWarnings("unchecked") // the generated class is one
	private static void start(Compiled compiled, ClassName initializer) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			compiled.getInstance(ApplicationContextInitializer.class, initializer.toString()).initialize(context);
			context.refresh();

			assertThat(context.getBean(GitHub.class).stars()).isEqualTo(42);
			assertThat(Set.of(context.getBeanNamesForType(ApplyPolicyBeanPostProcessor.class))).hasSize(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class PoliciesConfiguration {

		@Bean
		Policies policies() {
			return Policies.of(Policy.builder("github").build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyPoliciesConfiguration {

		@Bean
		@Lazy
		Policies policies() {
			return Policies.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPostProcessor {

		@Bean
		static ApplyPolicyBeanPostProcessor own() {
			ApplyPolicyBeanPostProcessor processor = new ApplyPolicyBeanPostProcessor(() -> Policies.of());
			processor.setOrder(5);
			return processor;
		}

	}

	interface Stars {

		int stars();

	}

	@SuppressWarnings({ "UnusedMethod", "UnusedVariable" }) // found by name
	static class GitHub implements Stars {

		@Override
		@ApplyPolicy(value = "github", fallbackMethod = "none")
		public int stars() {
			throw new IllegalStateException();
		}

		private int none(IllegalStateException failure) {
			return 42;
		}

	}

	static class Mistaken {

		@ApplyPolicy("githb")
		void stars(String owner) {
		}

		@ApplyPolicy(value = "github", key = "#ower", fallbackMethod = "none")
		void forks(String owner) {
		}

		@ApplyPolicy("${policy}")
		void unset() {
		}

	}

}
