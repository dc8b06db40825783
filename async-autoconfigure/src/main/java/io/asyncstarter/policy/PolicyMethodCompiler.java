package io.asyncstarter.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;

/**
 * Finds out what is to be known of a method, and what is wrong with it. Safe for use by
 * multiple threads.
 */
final class PolicyMethodCompiler {

	private final Supplier<? extends Policies> policies;

	private final ConfigurableBeanFactory beanFactory;

	private final KeyExpressions keys;

	PolicyMethodCompiler(Supplier<? extends Policies> policies, ConfigurableBeanFactory beanFactory) {
		this.policies = policies;
		this.beanFactory = beanFactory;
		this.keys = new KeyExpressions(beanFactory);
	}

	/**
	 * Compiles a method.
	 * @param annotated the method
	 * @param interceptor who makes the calls
	 * @param problems takes what is wrong
	 * @return what is to be known, or {@code null} if something is wrong
	 */
	@Nullable PolicyMethod compile(AnnotatedMethod annotated, MethodInterceptor interceptor, List<ApplyPolicyProblem> problems) {
		int before = problems.size();
		Policy policy = policy(annotated, problems);
		KeyExpression key = this.keys.compile(annotated, problems);
		ReturnShape shape = ReturnShape.of(annotated, problems);
		FallbackMethods fallbacks = (shape != null) ? FallbackMethods.of(annotated, shape, problems) : null;
		if (policy != null) {
			checkExecutor(policy, annotated, problems);
		}
		if (policy == null || shape == null || problems.size() > before) {
			return null;
		}
		return new PolicyMethod(policy, shape, key, fallbacks, interceptor, isInterruptible(annotated));
	}

	private @Nullable Policy policy(AnnotatedMethod annotated, List<ApplyPolicyProblem> problems) {
		String written = annotated.annotation().value();
		String name;
		try {
			name = this.beanFactory.resolveEmbeddedValue(written);
		}
		catch (IllegalArgumentException ex) {
			problems.add(new ApplyPolicyProblem(annotated.placeOfAll(), null,
					"its name cannot be resolved: %s".formatted(ex.getMessage()), "Set the property.", List.of()));
			return null;
		}
		if (name == null || name.isBlank()) {
			problems.add(new ApplyPolicyProblem(annotated.placeOfAll(), null, "the name of the policy is empty",
					"Name one of: %s.".formatted(listed(this.policies.get().names())), List.of()));
			return null;
		}
		Optional<Policy> policy = this.policies.get().find(name);
		if (policy.isEmpty()) {
			SortedSet<String> names = this.policies.get().names();
			problems.add(new ApplyPolicyProblem(annotated.placeOfAll(), name,
					"there is no policy named '%s'".formatted(name),
					"Configure it under 'async.policies.%s'. There are: %s.".formatted(name, listed(names)),
					List.copyOf(names)));
		}
		return policy.orElse(null);
	}

	private static String listed(SortedSet<String> names) {
		return (names.isEmpty()) ? "none" : String.join(", ", names);
	}

	/**
	 * An executor that waits for itself comes to a standstill when all its threads do.
	 */
	private static void checkExecutor(Policy policy, AnnotatedMethod annotated, List<ApplyPolicyProblem> problems) {
		String executor = policy.getSettings().executor();
		if (executor == null) {
			return;
		}
		Async async = Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(annotated.method(), Async.class))
			.orElseGet(() -> AnnotatedElementUtils.findMergedAnnotation(annotated.type(), Async.class));
		if (async != null && async.value().equals(executor)) {
			problems.add(annotated.problem(null,
					"@Async(\"%s\") runs it on the executor that its policy moves it to again".formatted(executor),
					"Remove @Async, or 'executor' from the policy '%s'.".formatted(policy.getName())));
		}
	}

	private static boolean isInterruptible(AnnotatedMethod annotated) {
		return Arrays.stream(annotated.method().getExceptionTypes())
			.anyMatch((declared) -> declared.isAssignableFrom(InterruptedException.class));
	}

}
