package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.util.Map;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.util.Assert;

/**
 * What an expression for a key knows of a call.
 */
final class KeyContext extends StandardEvaluationContext {

	private final MethodInvocation invocation;

	private final Map<String, Integer> arguments;

	/**
	 * Creates a context.
	 * @param invocation the call
	 * @param arguments the positions of the arguments, by name
	 * @param beans finds beans
	 */
	KeyContext(MethodInvocation invocation, Map<String, Integer> arguments, BeanResolver beans) {
		super(new Root(invocation));
		this.invocation = invocation;
		this.arguments = arguments;
		setBeanResolver(beans);
	}

	@Override
	public @Nullable Object lookupVariable(String name) {
		Integer index = this.arguments.get(name);
		return (index != null) ? this.invocation.getArguments()[index] : super.lookupVariable(name);
	}

	/**
	 * The root object of the expressions. Public so that SpEL can compile its use.
	 */
	public static final class Root {

		private final MethodInvocation invocation;

		Root(MethodInvocation invocation) {
			this.invocation = invocation;
		}

		/**
		 * Returns the method that is called.
		 * @return the method
		 */
		public Method getMethod() {
			return this.invocation.getMethod();
		}

		/**
		 * Returns the name of the method that is called.
		 * @return the name
		 */
		public String getMethodName() {
			return getMethod().getName();
		}

		/**
		 * Returns the arguments of the call.
		 * @return the arguments
		 */
		public @Nullable Object[] getArgs() {
			return this.invocation.getArguments();
		}

		/**
		 * Returns the object that is called.
		 * @return the object
		 */
		public Object getTarget() {
			Object target = this.invocation.getThis();
			Assert.state(target != null, "The bean has no target");
			return target;
		}

		/**
		 * Returns the class of the object that is called.
		 * @return the class
		 */
		public Class<?> getTargetClass() {
			return getTarget().getClass();
		}

	}

}
