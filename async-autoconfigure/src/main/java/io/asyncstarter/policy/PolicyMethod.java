package io.asyncstarter.policy;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * All that is to be known of a method to make calls of it under its policy, found out
 * once. Safe for use by multiple threads.
 */
final class PolicyMethod {

	private final Policy policy;

	private final ReturnShape shape;

	private final @Nullable KeyExpression key;

	private final @Nullable FallbackMethods fallbacks;

	private final MethodInterceptor interceptor;

	private final boolean interruptible;

	private final boolean concurrent;

	/**
	 * Creates what is known of a method.
	 * @param policy the policy
	 * @param shape what the method returns
	 * @param key finds the key of a call, or {@code null} if there is none
	 * @param fallbacks the methods that answer for it, or {@code null} if there are none
	 * @param interceptor whose place in the chain of interceptors is the policy's
	 * @param interruptible whether the method declares that it may be interrupted
	 */
	PolicyMethod(Policy policy, ReturnShape shape, @Nullable KeyExpression key, @Nullable FallbackMethods fallbacks,
			MethodInterceptor interceptor, boolean interruptible) {
		this.policy = policy;
		this.shape = shape;
		this.key = key;
		this.fallbacks = fallbacks;
		this.interceptor = interceptor;
		this.interruptible = interruptible;
		PolicySettings settings = policy.getSettings();
		this.concurrent = shape.outlivesMethod() || settings.hedge() != null || settings.executor() != null;
	}

	/**
	 * Makes a call.
	 */
	@Nullable Object invoke(ProxyMethodInvocation invocation) throws Exception {
		@Nullable Object key = (this.key != null) ? this.key.keyOf(invocation) : null;
		PolicyCall call = new PolicyCall(this, invocation);
		try {
			return this.shape.invoke(this.policy, key, call, (this.fallbacks != null) ? call : null);
		}
		catch (InterruptedException ex) {
			if (this.interruptible) {
				throw ex;
			}
			Thread.currentThread().interrupt();
			throw new CallInterruptedException(this.policy.getName(), ex);
		}
	}

	/**
	 * Returns whether attempts are made on other threads than the caller's, or beside
	 * each other, or after the method has returned.
	 */
	boolean isConcurrent() {
		return this.concurrent;
	}

	MethodInterceptor interceptor() {
		return this.interceptor;
	}

	@Nullable Object answer(ProxyMethodInvocation invocation, @Nullable Object[] arguments, Throwable failure) throws Throwable {
		if (this.fallbacks == null) {
			throw failure;
		}
		return this.fallbacks.answer(invocation, arguments, failure);
	}

}
