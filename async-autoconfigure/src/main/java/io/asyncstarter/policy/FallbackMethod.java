package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * A method that answers in place of a call that failed.
 *
 * @param method the method
 * @param arguments how many of the call's arguments it takes, from the first one on
 * @param failureType the type of the failures that it takes after these, or {@code null}
 * if it takes none and answers for all
 */
record FallbackMethod(Method method, int arguments, @Nullable Class<?> failureType) {

	/**
	 * Returns a method as the fallback of another.
	 * @return the fallback, or {@code null} if its parameters do not fit
	 */
	static @Nullable FallbackMethod of(Method candidate, AnnotatedMethod annotated) {
		int count = candidate.getParameterCount();
		if (takesFirst(count, candidate, annotated)) {
			return new FallbackMethod(candidate, count, null);
		}
		if (count > 0 && Throwable.class.isAssignableFrom(candidate.getParameterTypes()[count - 1])
				&& takesFirst(count - 1, candidate, annotated)) {
			return new FallbackMethod(candidate, count - 1, candidate.getParameterTypes()[count - 1]);
		}
		return null;
	}

	private static boolean takesFirst(int count, Method candidate, AnnotatedMethod annotated) {
		if (count > annotated.method().getParameterCount()) {
			return false;
		}
		for (int i = 0; i < count; i++) {
			if (!ClassUtils.isAssignable(parameterType(candidate, i, annotated),
					parameterType(annotated.method(), i, annotated))) {
				return false;
			}
		}
		return true;
	}

	private static Class<?> parameterType(Method method, int index, AnnotatedMethod annotated) {
		return ResolvableType
			.forMethodParameter(new MethodParameter(method, index).withContainingClass(annotated.type()))
			.resolve(method.getParameterTypes()[index]);
	}

	/**
	 * Returns how far the failures that this answers for are from all there are.
	 */
	int specificity() {
		int depth = 0;
		for (Class<?> type = this.failureType; type != null; type = type.getSuperclass()) {
			depth++;
		}
		return depth;
	}

	/**
	 * Returns whether this takes the same as another, or the same more narrowly.
	 */
	boolean isAsSpecificAs(FallbackMethod other) {
		Class<?>[] own = this.method.getParameterTypes();
		Class<?>[] others = other.method.getParameterTypes();
		for (int i = 0; i < this.arguments; i++) {
			if (!ClassUtils.isAssignable(others[i], own[i])) {
				return false;
			}
		}
		return true;
	}

	boolean answersLike(FallbackMethod other) {
		return this.arguments == other.arguments && specificity() == other.specificity()
				&& (this.failureType == null || this.failureType.equals(other.failureType));
	}

	boolean accepts(Throwable failure) {
		return this.failureType == null || this.failureType.isInstance(failure);
	}

	/**
	 * Returns what to call this with.
	 */
	@Nullable Object[] argumentsFor(@Nullable Object[] arguments, Throwable failure) {
		@Nullable Object[] values = Arrays.copyOf(arguments, this.method.getParameterCount());
		if (this.failureType != null) {
			values[this.arguments] = failure;
		}
		return values;
	}

}
