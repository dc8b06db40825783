package io.asyncstarter.policy;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key of a call. Safe for use by multiple threads.
 */
@FunctionalInterface
interface KeyExpression {

	@Nullable Object keyOf(MethodInvocation invocation);

}
