package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The methods of a bean that answer in place of the calls of another of its methods. The
 * one with the most specific failure goes first; of equals, the one that takes the most
 * arguments. Safe for use by multiple threads.
 */
final class FallbackMethods {

	private static final Comparator<FallbackMethod> ORDER = Comparator.comparingInt(FallbackMethod::specificity)
		.thenComparingInt(FallbackMethod::arguments)
		.reversed()
		.thenComparing((fallback) -> String.valueOf(fallback.failureType()));

	private final List<FallbackMethod> methods;

	private FallbackMethods(List<FallbackMethod> methods) {
		this.methods = methods;
	}

	/**
	 * Finds the fallbacks of a method.
	 * @param annotated the method
	 * @param shape what the method returns
	 * @param problems takes what is wrong with them
	 * @return the fallbacks, or {@code null} if there are none
	 */
	static @Nullable FallbackMethods of(AnnotatedMethod annotated, ReturnShape shape,
			List<ApplyPolicyProblem> problems) {
		String name = annotated.annotation().fallbackMethod();
		if (name.isEmpty()) {
			return null;
		}
		List<Method> all = methods(annotated);
		List<Method> named = all.stream().filter((method) -> method.getName().equals(name)).toList();
		List<FallbackMethod> taking = new ArrayList<>();
		List<FallbackMethod> fitting = new ArrayList<>();
		for (Method method : named) {
			FallbackMethod fallback = FallbackMethod.of(method, annotated);
			if (fallback != null) {
				taking.add(fallback);
				if (shape.canBeAnsweredBy(method, annotated)) {
					fitting.add(fallback);
				}
			}
		}
		if (fitting.isEmpty()) {
			problems.add(misfit(annotated, all, named, taking));
			return null;
		}
		fitting.sort(ORDER);
		return new FallbackMethods(withoutRivals(fitting, annotated, problems));
	}

	private static List<Method> methods(AnnotatedMethod annotated) {
		Set<Method> methods = new LinkedHashSet<>();
		for (Class<?> type : AnnotatedMethod.typesToLookAt(annotated.type())) {
			for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type,
					ReflectionUtils.USER_DECLARED_METHODS)) {
				methods.add((Modifier.isPrivate(method.getModifiers())) ? method
						: AnnotatedMethod.specific(method, annotated.type()));
			}
		}
		methods.remove(annotated.method());
		return List.copyOf(methods);
	}

	private static ApplyPolicyProblem misfit(AnnotatedMethod annotated, List<Method> all, List<Method> named,
			List<FallbackMethod> taking) {
		String name = annotated.annotation().fallbackMethod();
		String type = annotated.type().getName();
		if (named.isEmpty()) {
			return annotated.problem(name, "there is no method '%s' in %s".formatted(name, type),
					"Write one, or correct 'fallbackMethod'.", all.stream().map(Method::getName).distinct().toList());
		}
		String returned = annotated.method().getGenericReturnType().getTypeName();
		if (!taking.isEmpty()) {
			Method first = taking.getFirst().method();
			return annotated.problem(name,
					"%s returns %s and not %s".formatted(AnnotatedMethod.signature(first),
							first.getGenericReturnType().getTypeName(), returned),
					"Let it return %s.".formatted(returned));
		}
		return annotated.problem(name,
				"%s does not take the arguments of %s".formatted(signatures(named),
						AnnotatedMethod.signature(annotated.method())),
				"Let it take these, or the first of them, and a Throwable after them if it is to know the failure.");
	}

	private static List<FallbackMethod> withoutRivals(List<FallbackMethod> sorted, AnnotatedMethod annotated,
			List<ApplyPolicyProblem> problems) {
		List<FallbackMethod> kept = new ArrayList<>();
		for (FallbackMethod fallback : sorted) {
			FallbackMethod rival = (kept.isEmpty() || !kept.getLast().answersLike(fallback)) ? null : kept.getLast();
			if (rival == null) {
				kept.add(fallback);
			}
			else if (fallback.isAsSpecificAs(rival)) {
				kept.set(kept.size() - 1, fallback);
			}
			else if (!rival.isAsSpecificAs(fallback)) {
				problems.add(
						annotated.problem(annotated.annotation().fallbackMethod(),
								"both %s answer for the same calls"
									.formatted(signatures(List.of(rival.method(), fallback.method()))),
								"Rename one of them."));
			}
		}
		return List.copyOf(kept);
	}

	private static String signatures(Collection<Method> methods) {
		return methods.stream().map(AnnotatedMethod::signature).sorted().collect(Collectors.joining(" and "));
	}

	/**
	 * Answers in place of a call.
	 * @param invocation the call
	 * @param arguments its arguments as they were when it began
	 * @param failure what it failed with
	 * @return the answer
	 * @throws Throwable what the fallback throws; the failure itself if no fallback
	 * answers for it
	 */
	@Nullable Object answer(ProxyMethodInvocation invocation, @Nullable Object[] arguments, Throwable failure) throws Throwable {
		for (FallbackMethod fallback : this.methods) {
			if (fallback.accepts(failure)) {
				Object target = invocation.getThis();
				Object receiver = (fallback.method().getDeclaringClass().isInstance(target)) ? target
						: invocation.getProxy();
				return AopUtils.invokeJoinpointUsingReflection(receiver, fallback.method(),
						fallback.argumentsFor(arguments, failure));
			}
		}
		throw failure;
	}

	@Override
	public String toString() {
		return Arrays.toString(this.methods.toArray());
	}

}
