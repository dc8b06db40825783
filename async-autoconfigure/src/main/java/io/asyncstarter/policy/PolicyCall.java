package io.asyncstarter.policy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.Callable;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.DefaultAdvisorChainFactory;
import org.springframework.aop.framework.ReflectiveMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.util.Assert;

/**
 * A call of a method under a policy: makes the attempts and asks the fallback. Attempts
 * may be beside each other.
 */
final class PolicyCall implements Callable<@Nullable Object>, Recovery<@Nullable Object> {

	/*
	 * Spring's invocation is a cursor in the chain of interceptors: it can proceed only
	 * once. Exactly one attempt, usually the only one, takes it ('begun'). Each of the
	 * others goes through what comes after the policy in the chain, looked up again, with
	 * the arguments as they were in the beginning.
	 */

	private static final VarHandle BEGUN;

	static {
		try {
			BEGUN = MethodHandles.lookup().findVarHandle(PolicyCall.class, "begun", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final PolicyMethod method;

	private final ProxyMethodInvocation invocation;

	private final @Nullable Object[] arguments;

	@SuppressWarnings("unused") // through BEGUN
	private boolean begun;

	PolicyCall(PolicyMethod method, ProxyMethodInvocation invocation) {
		this.method = method;
		this.invocation = invocation;
		this.arguments = invocation.getArguments();
	}

	@Override
	public @Nullable Object call() {
		return result();
	}

	/**
	 * Makes an attempt.
	 * @return what the method returned
	 */
	@Nullable Object result() {
		try {
			if (!this.method.isConcurrent()) {
				if (!this.begun) {
					this.begun = true;
					return this.invocation.proceed();
				}
			}
			else if (BEGUN.compareAndSet(this, false, true)) {
				return exposed(this.invocation);
			}
			return exposed(new Again(this.invocation, this.arguments, remaining()));
		}
		catch (Throwable ex) {
			throw PolicyCall.<RuntimeException>unchanged(ex);
		}
	}

	/**
	 * Proceeds with an invocation that aspects find even if this is another thread than
	 * the caller's, or later.
	 */
	private static @Nullable Object exposed(MethodInvocation attempt) throws Throwable {
		return ExposeInvocationInterceptor.INSTANCE.invoke(attempt);
	}

	private List<Object> remaining() {
		Object target = this.invocation.getThis();
		List<Object> chain = DefaultAdvisorChainFactory.INSTANCE.getInterceptorsAndDynamicInterceptionAdvice(
				(Advised) this.invocation.getProxy(), this.invocation.getMethod(),
				(target != null) ? target.getClass() : null);
		int position = chain.indexOf(this.method.interceptor());
		Assert.state(position >= 0, () -> "%s has lost its policy".formatted(this.invocation.getProxy().getClass()));
		return chain.subList(position + 1, chain.size());
	}

	@Override
	public @Nullable Object recover(Throwable failure) {
		try {
			return this.method.answer(this.invocation, this.arguments, failure);
		}
		catch (Throwable ex) {
			throw PolicyCall.<RuntimeException>unchanged(ex);
		}
	}

	/**
	 * Lets what the method throws pass those who only know of some exceptions.
	 */
	@SuppressWarnings("unchecked") // the compiler is to believe it
	private static <X extends Throwable> RuntimeException unchanged(Throwable failure) throws X {
		throw (X) failure;
	}

	/**
	 * An invocation that begins after the policy.
	 */
	private static final class Again extends ReflectiveMethodInvocation {

		Again(ProxyMethodInvocation first, @Nullable Object[] arguments, List<Object> interceptors) {
			super(first.getProxy(), first.getThis(), first.getMethod(), arguments.clone(),
					(first.getThis() != null) ? first.getThis().getClass() : null, interceptors);
			if (first instanceof ReflectiveMethodInvocation reflective) {
				getUserAttributes().putAll(reflective.getUserAttributes());
			}
		}

	}

}
