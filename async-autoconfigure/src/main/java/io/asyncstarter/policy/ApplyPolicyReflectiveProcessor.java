package io.asyncstarter.policy;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.ReflectiveProcessor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Lets a native image know of the fallbacks that {@link ApplyPolicy @ApplyPolicy} names,
 * and of what expressions for keys may ask.
 */
final class ApplyPolicyReflectiveProcessor implements ReflectiveProcessor {

	ApplyPolicyReflectiveProcessor() {
	}

	@Override
	public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
		ApplyPolicy annotation = AnnotatedElementUtils.findMergedAnnotation(element, ApplyPolicy.class);
		Class<?> type = (element instanceof Method method) ? method.getDeclaringClass() : (Class<?>) element;
		if (annotation == null) {
			return;
		}
		ReflectionUtils.doWithMethods(type, (fallback) -> hints.registerMethod(fallback, ExecutableMode.INVOKE),
				(candidate) -> candidate.getName().equals(annotation.fallbackMethod()));
		if (!annotation.key().isEmpty()) {
			hints.registerType(KeyContext.Root.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
