package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * What a method returns, and with that how a policy makes a call of it. Safe for use by
 * multiple threads.
 */
abstract class ReturnShape {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			ReturnShape.class.getClassLoader());

	private static final ReturnShape VALUE = new Value();

	private static final ReturnShape STAGE = new Stage();

	/**
	 * Returns the shape of a method.
	 * @param annotated the method
	 * @param problems takes what is wrong with it
	 * @return the shape, or {@code null} if a policy cannot make calls of the method
	 */
	static @Nullable ReturnShape of(AnnotatedMethod annotated, List<ApplyPolicyProblem> problems) {
		Class<?> type = annotated.method().getReturnType();
		if (CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type)) {
			if (type.equals(CompletionStage.class) || type.equals(CompletableFuture.class)) {
				return STAGE;
			}
			problems
				.add(unsuited(annotated, (CompletionStage.class.isAssignableFrom(type)) ? "cannot be made by a policy"
						: "tells nobody when it is done", "Return CompletableFuture or CompletionStage."));
			return null;
		}
		ReturnShape reactive = (REACTOR_PRESENT) ? ReactiveShape.of(type) : null;
		if (reactive != null && !type.isAssignableFrom(reactive.type())) {
			problems.add(unsuited(annotated, "cannot be made by a policy",
					"Return %s.".formatted(ClassUtils.getShortName(reactive.type()))));
			return null;
		}
		return (reactive != null) ? reactive : VALUE;
	}

	private static ApplyPolicyProblem unsuited(AnnotatedMethod annotated, String reason, String fix) {
		return annotated.problem(null, "it returns %s, which %s"
			.formatted(ClassUtils.getShortName(annotated.method().getReturnType()), reason), fix);
	}

	/**
	 * Makes a call.
	 * @param policy the policy
	 * @param key the key of the call, or {@code null} for none
	 * @param call the call, which makes the attempts
	 * @param recovery what answers if the call fails, or {@code null} for the policy's
	 * fallback
	 * @return what the method is to return
	 * @throws Exception if the call fails
	 */
	abstract @Nullable Object invoke(Policy policy, @Nullable Object key, PolicyCall call,
			@Nullable Recovery<@Nullable Object> recovery) throws Exception;

	/**
	 * Returns the type that calls return, where that is not the value itself.
	 */
	abstract Class<?> type();

	/**
	 * Returns whether the work goes on after the method has returned.
	 */
	abstract boolean outlivesMethod();

	/**
	 * Returns whether a method returns what can be the answer in place of another's.
	 */
	boolean canBeAnsweredBy(Method fallback, AnnotatedMethod annotated) {
		ResolvableType wanted = ResolvableType.forMethodReturnType(annotated.method(), annotated.type());
		ResolvableType offered = ResolvableType.forMethodReturnType(fallback, annotated.type());
		return fits(wanted, offered) || (outlivesMethod() && fits(wanted.getGeneric(), offered));
	}

	private static boolean fits(ResolvableType wanted, ResolvableType offered) {
		Class<?> wantedType = wanted.resolve(Object.class);
		Class<?> offeredType = offered.resolve(Object.class);
		if (wantedType.equals(Void.class) && offeredType.equals(void.class)) {
			return true;
		}
		boolean certain = offered.hasGenerics() && !wanted.hasUnresolvableGenerics()
				&& !offered.hasUnresolvableGenerics();
		return ClassUtils.isAssignable(wantedType, offeredType) && (!certain || wanted.isAssignableFrom(offered));
	}

	/**
	 * A value, or nothing.
	 */
	private static final class Value extends ReturnShape {

		@Override
		@Nullable Object invoke(Policy policy, @Nullable Object key, PolicyCall call,
				@Nullable Recovery<@Nullable Object> recovery) throws Exception {
			return policy.<@Nullable Object>call(key, call, recovery);
		}

		@Override
		Class<?> type() {
			return Object.class;
		}

		@Override
		boolean outlivesMethod() {
			return false;
		}

	}

	/**
	 * A {@link CompletionStage}.
	 */
	private static final class Stage extends ReturnShape {

		@Override
		// The method returns a stage, and its caller gets the future.
		@SuppressWarnings({ "unchecked", "FutureReturnValueIgnored" })
		Object invoke(Policy policy, @Nullable Object key, PolicyCall call,
				@Nullable Recovery<@Nullable Object> recovery) {
			return policy.<@Nullable Object>stage(key, () -> (CompletionStage<@Nullable Object>) call.result(),
					Fallbacks.stage(recovery));
		}

		@Override
		Class<?> type() {
			return CompletableFuture.class;
		}

		@Override
		boolean outlivesMethod() {
			return true;
		}

	}

}
