package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method of a bean that {@link ApplyPolicy} is on.
 *
 * @param type the class of the bean; a proxy's if that is all that is known
 * @param method the method of that class, or of an interface if the class is a proxy's
 * @param annotation the annotation, its meta-annotations merged
 * @param direct whether it is on the method and not on a type
 */
record AnnotatedMethod(Class<?> type, Method method, ApplyPolicy annotation, boolean direct) {

	/**
	 * Finds the annotated methods of a class, inherited ones and those of its interfaces
	 * included.
	 */
	static List<AnnotatedMethod> of(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, ApplyPolicy.class) || isOfSpring(type)) {
			return List.of();
		}
		Map<Method, AnnotatedMethod> found = new LinkedHashMap<>();
		for (Class<?> declaring : typesToLookAt(type)) {
			ReflectionUtils.doWithMethods(declaring, (method) -> {
				Method specific = specific(method, type);
				AnnotatedMethod annotated = find(type, specific, method);
				if (annotated != null) {
					found.putIfAbsent(specific, annotated);
				}
			}, ReflectionUtils.USER_DECLARED_METHODS);
		}
		return List.copyOf(found.values());
	}

	/**
	 * Spring leaves out its own classes as well when it looks for event listeners.
	 */
	private static boolean isOfSpring(Class<?> type) {
		return type.getName().startsWith("org.springframework.")
				&& !AnnotatedElementUtils.isAnnotated(type, Component.class);
	}

	static Collection<Class<?>> typesToLookAt(Class<?> type) {
		List<Class<?>> types = new ArrayList<>(ClassUtils.getAllInterfacesForClassAsSet(type));
		if (!Proxy.isProxyClass(type)) {
			types.addFirst(type);
		}
		return types;
	}

	/**
	 * Returns the method that a call of a method ends at. Those of a proxy class say
	 * nothing; there, it is the method itself.
	 */
	static Method specific(Method method, Class<?> type) {
		return (Proxy.isProxyClass(type)) ? method : AopUtils.getMostSpecificMethod(method, type);
	}

	private static @Nullable AnnotatedMethod find(Class<?> type, Method specific, Method declared) {
		for (Method method : (specific.equals(declared)) ? List.of(specific) : List.of(specific, declared)) {
			ApplyPolicy own = AnnotatedElementUtils.findMergedAnnotation(method, ApplyPolicy.class);
			if (own != null) {
				return new AnnotatedMethod(type, specific, own, true);
			}
			ApplyPolicy ofType = AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(),
					ApplyPolicy.class);
			if (ofType != null && !isHiddenFromType(specific) && !specific.getName().equals(ofType.fallbackMethod())) {
				return new AnnotatedMethod(type, specific, ofType, false);
			}
		}
		return null;
	}

	private static boolean isHiddenFromType(Method method) {
		return Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())
				|| ReflectionUtils.isObjectMethod(method) || AnnotatedElementUtils.isAnnotated(method, Bean.class);
	}

	/**
	 * Returns whether a call of a method ends at this one.
	 */
	boolean isReachedBy(Method called, Class<?> targetType) {
		return this.method.equals(called) || this.method.equals(specific(called, targetType));
	}

	/**
	 * Describes where the annotation is.
	 */
	String place() {
		String type = this.method.getDeclaringClass().getName();
		return (this.direct) ? "%s on %s.%s".formatted(name(), type, signature())
				: "%s on %s, method %s".formatted(name(), type, signature());
	}

	/**
	 * Describes where the annotation is, for what is wrong with all methods of a type.
	 */
	String placeOfAll() {
		return (this.direct) ? place() : "%s on %s".formatted(name(), this.method.getDeclaringClass().getName());
	}

	private String name() {
		return "@ApplyPolicy(\"%s\")".formatted(this.annotation.value());
	}

	private String signature() {
		return signature(this.method);
	}

	static String signature(Method method) {
		return Arrays.stream(method.getParameterTypes())
			.map(ClassUtils::getShortName)
			.collect(Collectors.joining(", ", method.getName() + "(", ")"));
	}

	ApplyPolicyProblem problem(@Nullable String value, String reason, String fix, Collection<String> candidates) {
		return new ApplyPolicyProblem(place(), value, reason,
				(this.direct) ? fix : fix + " Or give the method an @ApplyPolicy of its own.", List.copyOf(candidates));
	}

	ApplyPolicyProblem problem(@Nullable String value, String reason, String fix) {
		return problem(value, reason, fix, List.of());
	}

}
