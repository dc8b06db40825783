package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/**
 * Puts one method under its policy: it is in the chain of interceptors of that method
 * only, so that a call has nothing to look up. What is to be known of the method is found
 * out when it is checked or, if that comes earlier, by the first call.
 */
final class PolicyAdvisor extends StaticMethodMatcherPointcut implements PointcutAdvisor, MethodInterceptor {

	private final AnnotatedMethod annotated;

	private final PolicyMethodCompiler compiler;

	/**
	 * Immutable, so that threads may race for it.
	 */
	private @Nullable PolicyMethod method;

	PolicyAdvisor(AnnotatedMethod annotated, PolicyMethodCompiler compiler) {
		this.annotated = annotated;
		this.compiler = compiler;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		PolicyMethod known = this.method;
		return ((known != null) ? known : compiled()).invoke((ProxyMethodInvocation) invocation);
	}

	private PolicyMethod compiled() {
		List<ApplyPolicyProblem> problems = new ArrayList<>();
		PolicyMethod compiled = compile(problems);
		if (compiled == null) {
			throw new InvalidApplyPolicyException(problems);
		}
		return compiled;
	}

	/**
	 * Finds out what is to be known.
	 * @param problems takes what is wrong
	 */
	@Nullable PolicyMethod compile(List<ApplyPolicyProblem> problems) {
		PolicyMethod compiled = this.method;
		if (compiled == null) {
			compiled = this.compiler.compile(this.annotated, this, problems);
			this.method = compiled;
		}
		return compiled;
	}

	AnnotatedMethod annotated() {
		return this.annotated;
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return this.annotated.isReachedBy(method, targetClass);
	}

	@Override
	public Pointcut getPointcut() {
		return this;
	}

	@Override
	public Advice getAdvice() {
		return this;
	}

	@Override
	public String toString() {
		return "%s for %s".formatted(this.annotated.annotation(), this.annotated.method());
	}

}
