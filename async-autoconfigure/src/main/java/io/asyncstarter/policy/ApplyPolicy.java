package io.asyncstarter.policy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Puts the calls of a method under a {@link Policy}. On a type it does so for all methods
 * that the type and its subclasses declare, except for its fallbacks; that of a method
 * goes before that of its type. May be used as a meta-annotation, its attributes being
 * overridden with {@link org.springframework.core.annotation.AliasFor @AliasFor}.
 * <p>
 * What the method returns decides what a call is: a value or nothing is a call on the
 * caller's thread; a {@link java.util.concurrent.CompletionStage}, a {@code Mono}, a
 * {@code Flux} or another reactive type that Spring knows is followed until it ends, and
 * its failures are those of the call. The method is called anew for each attempt, and for
 * a reactive type not before somebody subscribes.
 * <p>
 * Works on calls from outside of the bean, which pass its proxy. The policy is inside of
 * {@link org.springframework.scheduling.annotation.Async @Async} and of the annotations
 * of caching, so that a hit costs nothing, and outside of {@code @Transactional}, so that
 * each attempt has a transaction of its own.
 * <p>
 * A call that is interrupted while it waits throws the {@link InterruptedException} if
 * the method declares it, and a {@link CallInterruptedException} otherwise.
 *
 * @since 0.1.0
 * @see ApplyPolicyBeanPostProcessor
 */
@Target({ ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Reflective(ApplyPolicyReflectiveProcessor.class)
public @interface ApplyPolicy {

	/**
	 * The name of the policy; may hold placeholders.
	 * @return the name
	 */
	String value();

	/**
	 * A SpEL expression for the key whose tokens a call pays and whose permits it has.
	 * There are {@code #p0} or {@code #a0} for the first argument and so on, the
	 * arguments by their names, {@code #root.method}, {@code #root.methodName},
	 * {@code #root.args}, {@code #root.target} and {@code #root.targetClass}, and beans
	 * by {@code @name}. Without an expression, and when it returns {@code null}, there is
	 * no key.
	 * @return the expression, or an empty string for none
	 */
	String key() default "";

	/**
	 * The name of methods of the same class that answer in place of a call that failed.
	 * Each takes the method's parameters, or the first of them, and after these, if it
	 * wants to, the failure; of those that take such a failure, the one with the most
	 * specific type answers. They return what the method returns or, where that is a
	 * stage or a reactive type, what it yields. They are not asked after a cancellation
	 * or an interrupt. Without any, the policy's own fallback answers if there is one.
	 * @return the name, or an empty string for none
	 */
	String fallbackMethod() default "";

}
