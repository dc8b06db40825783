package io.asyncstarter.queue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Has a method of a bean process the items of a {@link WorkQueue}. Number of consumers,
 * policy, executor, batches and dead letters are those of {@code async.queues.<name>}.
 * May be used as a meta-annotation.
 * <p>
 * The method takes the item or, if the queue has a {@code batch-size}, a
 * {@link java.util.List} of items. In addition to an item, or in place of it, it may take
 * a {@link Delivery}, which tells what is known about the item, and, on a queue to which
 * the dead letters of another one go, a {@link DeadLetter}; an item is that of the letter
 * then. Lists may be of these as well.
 * <p>
 * An item is processed when the method returns or, if it returns a
 * {@link java.util.concurrent.CompletionStage}, a {@code Mono} or another reactive type
 * that Spring knows, when that has ended. What it throws or fails with is a failure of
 * the item; see {@link QueueConsumers}.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface QueueListener {

	/**
	 * The name of the queue; may hold placeholders.
	 * @return the name
	 */
	String value();

	/**
	 * A SpEL expression for the key of an item: items with equal keys are processed one
	 * after another, in their order, and those of different keys side by side. The item
	 * is the root object, and {@code #item}. It is evaluated on the producer's thread.
	 * Without an expression, and for items where it gives {@code null}, there is no such
	 * order.
	 * @return the expression, or an empty string for none
	 */
	String key() default "";

	/**
	 * How many items are processed side by side, instead of what the queue's properties
	 * say; may hold placeholders.
	 * @return the number, or an empty string for that of the properties
	 */
	String consumers() default "";

	/**
	 * Whether other methods listen to the same queue, each item going to one of them.
	 * Said by all of them, since two listeners for one queue are a mistake more often
	 * than not. They can have neither a key nor a {@code batch-linger}.
	 * @return whether there are others
	 */
	boolean shared() default false;

}
