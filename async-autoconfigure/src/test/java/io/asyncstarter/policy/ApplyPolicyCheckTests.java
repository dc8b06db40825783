package io.asyncstarter.policy;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.scheduling.annotation.Async;
import reactor.core.publisher.ParallelFlux;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the mistakes that are found when the context starts.
 */
@Timeout(60)
class ApplyPolicyCheckTests {

	private static List<ApplyPolicyProblem> problems(PolicyContext context) {
		InvalidApplyPolicyException failure = catchThrowableOfType(InvalidApplyPolicyException.class, context::start);
		assertThat(failure).as("failure of the context").isNotNull();
		return failure.getProblems();
	}

	private static PolicyContext context() {
		return new PolicyContext(Policy.builder("github").build(), Policy.builder("smtp").build());
	}

	private static ApplyPolicyProblem problem(Class<?> type) {
		List<ApplyPolicyProblem> problems = problems(context().with(type));
		assertThat(problems).hasSize(1);
		return problems.getFirst();
	}

	@Test
	void unknownPolicyIsReportedWithThoseThereAre() {
		ApplyPolicyProblem problem = problem(UnknownPolicy.class);

		assertThat(problem.place()).isEqualTo("@ApplyPolicy(\"githb\") on %s.load(String, int[])",
				UnknownPolicy.class.getName());
		assertThat(problem.value()).isEqualTo("githb");
		assertThat(problem.reason()).isEqualTo("there is no policy named 'githb'");
		assertThat(problem.fix()).isEqualTo("Configure it under 'async.policies.githb'. There are: github, smtp.");
		assertThat(problem.candidates()).containsExactly("github", "smtp");
	}

	@Test
	void emptyNameAndMissingPropertyAreReported() {
		List<ApplyPolicyProblem> problems = problems(
				context().with(EmptyName.class, PropertySourcesPlaceholderConfigurer.class));

		assertThat(problems).extracting(ApplyPolicyProblem::reason)
			.containsExactly("the name of the policy is empty",
					"its name cannot be resolved: Could not resolve placeholder 'policy.of.nobody' in value "
							+ "\"${policy.of.nobody}\"");
	}

	@Test
	void keyThatDoesNotParseIsReported() {
		ApplyPolicyProblem problem = problem(BrokenKey.class);

		assertThat(problem.value()).isEqualTo("#p0.");
		assertThat(problem.reason()).startsWith("the key is no SpEL expression: ");
	}

	@Test
	void keyThatNamesAnUnknownArgumentIsReported() {
		ApplyPolicyProblem problem = problem(UnknownArgument.class);

		assertThat(problem.value()).isEqualTo("#tennant");
		assertThat(problem.reason()).isEqualTo("the key names an argument '#tennant' that there is not");
		assertThat(problem.fix()).isEqualTo("There are: #a0, #p0, #tenant.");
		assertThat(problem.candidates()).contains("#tenant");
	}

	@Test
	void keyThatCallsAFunctionIsReported() {
		assertThat(problem(UnknownFunction.class).reason())
			.isEqualTo("the key calls '#hash(#p0)', and there are no functions");
	}

	@Test
	void fallbacksThatDoNotFitAreReportedTogether() {
		List<ApplyPolicyProblem> problems = problems(context().with(Misfits.class));

		assertThat(problems).extracting(ApplyPolicyProblem::reason)
			.containsExactly("both answer(Integer, Number) and answer(Number, Integer) answer for the same calls",
					"other(int) does not take the arguments of arguments(String)",
					"value(Throwable) returns java.lang.Integer and not "
							+ "java.util.concurrent.CompletableFuture<java.lang.String>",
					"there is no method 'fallbak' in " + Misfits.class.getName(),
					"fallback(Throwable) returns java.lang.String and not void",
					"fallback(Throwable) returns java.lang.String and not int");
		assertThat(problems.get(3).candidates()).contains("fallback");
		assertThat(problems).extracting(ApplyPolicyProblem::value)
			.containsExactly("answer", "other", "value", "fallbak", "fallback", "fallback");
	}

	@Test
	void returnTypesThatAPolicyCannotFollowAreReported() {
		assertThat(problems(context().with(ReturnTypes.class))).extracting(ApplyPolicyProblem::reason)
			.containsExactly("it returns Future, which tells nobody when it is done",
					"it returns ParallelFlux, which cannot be made by a policy",
					"it returns ApplyPolicyCheckTests.OwnFuture, which cannot be made by a policy");
	}

	@Test
	void methodsThatNoProxyInterceptsAreReported() {
		assertThat(problems(context().with(OutOfReach.class))).extracting(ApplyPolicyProblem::reason)
			.containsExactly("it is final, so that the bean's proxy cannot override it",
					"it is private, so that calls do not pass the bean's proxy",
					"it is static, so that calls do not pass the bean's proxy");
	}

	@Test
	void classThatCannotBeProxiedIsReported() {
		assertThat(problem(FinalClass.class).reason())
			.isEqualTo(FinalClass.class.getName() + " is final, so that there can be no proxy of it");
		assertThat(problem(SealedClass.class).reason())
			.isEqualTo(SealedClass.class.getName() + " is sealed, so that there can be no proxy of it");
	}

	@Test
	void methodThatNoInterfaceHasIsReportedIfTheBeanIsProxiedByInterfaces() {
		assertThat(problems(context().byInterface(true).with(BeyondInterface.class)))
			.extracting(ApplyPolicyProblem::reason)
			.containsExactly("the bean is proxied by its interfaces, and none of them has this method");
		try (AnnotationConfigApplicationContext context = context().with(BeyondInterface.class).start()) {
			assertThat(context.getBean(BeyondInterface.class).beyond()).isEqualTo("beyond");
		}
	}

	@Test
	void beanMethodIsReported() {
		assertThat(problem(BeanMethod.class).reason())
			.isEqualTo("it makes a bean, and the calls of that bean are not its own");
	}

	@Test
	void typeAnnotationThatDoesNotFitItsMethodsIsReportedForEach() {
		List<ApplyPolicyProblem> problems = problems(context().with(OnType.class));

		assertThat(problems).extracting(ApplyPolicyProblem::place)
			.containsExactly("@ApplyPolicy(\"github\") on %s, method second(int)".formatted(OnType.class.getName()),
					"@ApplyPolicy(\"github\") on %s, method third()".formatted(OnType.class.getName()),
					"@ApplyPolicy(\"github\") on %s, method third()".formatted(OnType.class.getName()));
		assertThat(problems).extracting(ApplyPolicyProblem::fix)
			.allMatch((fix) -> fix.endsWith("Or give the method an @ApplyPolicy of its own."));
	}

	@Test
	void unknownPolicyOfATypeIsReportedOnce() {
		assertThat(problem(UnknownOnType.class).place())
			.isEqualTo("@ApplyPolicy(\"githb\") on " + UnknownOnType.class.getName());
	}

	@Test
	void executorThatWaitsForItselfIsReported() {
		try (BoundedExecutor io = BoundedExecutor.builder("io").build()) {
			Policy moving = Policy.builder("moving")
				.environment(PolicyEnvironment.builder().executors(BoundedExecutors.of(io)).build())
				.executor("io")
				.build();

			assertThat(problems(new PolicyContext(moving).with(Moving.class))).extracting(ApplyPolicyProblem::reason)
				.containsExactly("@Async(\"io\") runs it on the executor that its policy moves it to again");
		}
	}

	@ParameterizedTest
	@CsvSource({ "lazy", "prototype", "factory" })
	void beansThatDoNotExistYetAreLookedAt(String kind) {
		List<ApplyPolicyProblem> problems = problems(
				context().with((context) -> context.registerBeanDefinition("bean", definition(kind))));

		assertThat(problems).singleElement().extracting(ApplyPolicyProblem::value).isEqualTo("githb");
	}

	private static RootBeanDefinition definition(String kind) {
		RootBeanDefinition definition = new RootBeanDefinition(
				(kind.equals("factory")) ? LazyBeans.class : NotCreated.class);
		if (kind.equals("factory")) {
			definition.setFactoryMethodName("make");
		}
		definition.setLazyInit(true);
		definition.setScope((kind.equals("prototype")) ? "prototype" : "singleton");
		return definition;
	}

	@Test
	void abstractDefinitionIsNotLookedAt() {
		RootBeanDefinition definition = new RootBeanDefinition(UnknownPolicy.class);
		definition.setAbstract(true);

		context().with((context) -> context.registerBeanDefinition("bean", definition)).start().close();
	}

	@Test
	void beanWhoseClassShowsLateFailsWhenItIsCreated() {
		try (AnnotationConfigApplicationContext context = context().with(HiddenBehindInterface.class).start()) {
			InvalidApplyPolicyException failure = (InvalidApplyPolicyException) catchThrowableOfType(
					RuntimeException.class, () -> context.getBean("hidden"))
				.getCause();

			assertThat(failure).hasMessageContaining("there is no policy named 'githb'");
		}
	}

	@Test
	void mistakesOfAllBeansAreReportedTogetherInTheOrderOfTheirPlaces() {
		List<ApplyPolicyProblem> problems = problems(
				context().with(UnknownPolicy.class, BrokenKey.class, FinalClass.class, UnknownOnType.class));

		assertThat(problems).hasSize(4).isSortedAccordingTo((a, b) -> a.place().compareTo(b.place()));
	}

	@Test
	void mistakeIsFoundByTheFirstCallIfThatIsEarlier() {
		RuntimeException failure = catchThrowableOfType(RuntimeException.class,
				() -> context().with(CallsUnknown.class, UnknownPolicy.class).start());

		assertThat(failure).hasRootCauseInstanceOf(InvalidApplyPolicyException.class);
	}

	static class UnknownPolicy {

		@ApplyPolicy("githb")
		void load(String name, int[] numbers) {
		}

	}

	static class NotCreated {

		NotCreated() {
			throw new IllegalStateException("must not be created");
		}

		@ApplyPolicy("githb")
		void load() {
		}

	}

	static class CallsUnknown {

		CallsUnknown(UnknownPolicy bean) {
			bean.load("", new int[0]);
		}

	}

	static class EmptyName {

		@ApplyPolicy(" ")
		void load() {
		}

		@ApplyPolicy("${policy.of.nobody}")
		void placeholder() {
		}

	}

	static class BrokenKey {

		@ApplyPolicy(value = "github", key = "#p0.")
		void load(String name) {
		}

	}

	static class UnknownArgument {

		@ApplyPolicy(value = "github", key = "{'a', #tennant + #tenant}")
		void load(String tenant) {
		}

	}

	static class UnknownFunction {

		@ApplyPolicy(value = "github", key = "#hash(#p0)")
		void load(String tenant) {
		}

	}

	static class Misfits {

		@ApplyPolicy(value = "github", fallbackMethod = "fallbak")
		String misspelt() {
			return "";
		}

		@ApplyPolicy(value = "github", fallbackMethod = "other")
		String arguments(String name) {
			return "";
		}

		@ApplyPolicy(value = "github", fallbackMethod = "fallback")
		int value(String name) {
			return 0;
		}

		@ApplyPolicy(value = "github", fallbackMethod = "fallback")
		void nothing() {
		}

		@ApplyPolicy(value = "github", fallbackMethod = "value")
		CompletableFuture<String> element() {
			return CompletableFuture.completedFuture("");
		}

		@ApplyPolicy(value = "github", fallbackMethod = "answer")
		String ambiguous(Integer a, Integer b) {
			return "";
		}

		String fallback(Throwable failure) {
			return "";
		}

		String other(int number) {
			return "";
		}

		Integer value(Throwable failure) {
			return 1;
		}

		String answer(Integer a, Number b) {
			return "";
		}

		String answer(Number a, Integer b) {
			return "";
		}

	}

	static class OwnFuture extends CompletableFuture<String> {

	}

	static class ReturnTypes {

		@ApplyPolicy("github")
		Future<String> a() {
			return CompletableFuture.completedFuture("");
		}

		@ApplyPolicy("github")
		ParallelFlux<String> b() {
			throw new IllegalStateException();
		}

		@ApplyPolicy("github")
		OwnFuture c() {
			return new OwnFuture();
		}

	}

	@SuppressWarnings("UnusedMethod") // it is the mistake
	static class OutOfReach {

		@ApplyPolicy("github")
		final void finalMethod() {
		}

		@ApplyPolicy("github")
		private void privateMethod() {
		}

		@ApplyPolicy("github")
		static void staticMethod() {
		}

	}

	static final class FinalClass {

		@ApplyPolicy("github")
		void load() {
		}

	}

	abstract static sealed class SealedParent permits SealedClass {

		@ApplyPolicy("github")
		void load() {
		}

	}

	static sealed class SealedClass extends SealedParent implements Serializable permits Permitted {

	}

	static final class Permitted extends SealedClass {

	}

	interface Declared {

		String declared();

	}

	static class BeyondInterface implements Declared {

		@Override
		@ApplyPolicy("github")
		public String declared() {
			return "declared";
		}

		@ApplyPolicy("github")
		String beyond() {
			return "beyond";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanMethod {

		@Bean
		@ApplyPolicy("github")
		String text() {
			return "text";
		}

	}

	@ApplyPolicy(value = "github", key = "#name", fallbackMethod = "otherwise")
	static class OnType {

		void first(String name) {
		}

		void second(int number) {
		}

		final void third() {
		}

		void otherwise() {
		}

	}

	@ApplyPolicy("githb")
	static class UnknownOnType {

		void first() {
		}

		void second() {
		}

	}

	static class Moving {

		@Async("io")
		@ApplyPolicy("moving")
		void both() {
		}

		@Async
		@ApplyPolicy("moving")
		void fine() {
		}

	}

	static class LazyBeans {

		static NotCreated make() {
			return new NotCreated();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenBehindInterface {

		@Bean
		@Lazy
		@Scope("prototype")
		Runnable hidden() {
			return new Hidden();
		}

	}

	static class Hidden implements Runnable {

		@Override
		@ApplyPolicy("githb")
		public void run() {
		}

	}

}
