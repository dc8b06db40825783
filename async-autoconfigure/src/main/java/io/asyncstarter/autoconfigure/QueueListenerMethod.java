package io.asyncstarter.autoconfigure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.util.ClassUtils;

import io.asyncstarter.queue.DeadLetter;
import io.asyncstarter.queue.Delivery;
import io.asyncstarter.queue.QueueListener;

/**
 * A method with {@link QueueListener @QueueListener}: what it takes and how to call it.
 */
final class QueueListenerMethod {

	private final String beanName;

	private final Class<?> type;

	private final Method method;

	private final QueueListener annotation;

	private final String queue;

	private final boolean batch;

	private final List<ResolvableType> arguments = new ArrayList<>();

	/**
	 * Looks at a method.
	 * @param queue the name of the queue, without placeholders
	 */
	QueueListenerMethod(String beanName, Class<?> type, Method method, QueueListener annotation, String queue) {
		this.beanName = beanName;
		this.type = type;
		this.method = method;
		this.annotation = annotation;
		this.queue = queue;
		for (int i = 0; i < method.getParameterCount(); i++) {
			this.arguments.add(ResolvableType.forMethodParameter(method, i, type));
		}
		this.batch = !this.arguments.isEmpty() && this.arguments.get(0).toClass().isAssignableFrom(List.class)
				&& Collection.class.isAssignableFrom(this.arguments.get(0).toClass());
		if (this.batch) {
			this.arguments.set(0, this.arguments.get(0).asCollection().getGeneric(0));
		}
	}

	String beanName() {
		return this.beanName;
	}

	Method method() {
		return this.method;
	}

	QueueListener annotation() {
		return this.annotation;
	}

	String queue() {
		return this.queue;
	}

	boolean isBatch() {
		return this.batch;
	}

	/**
	 * Returns where the annotation is, as mistakes name it.
	 */
	String place() {
		return "@QueueListener(\"%s\") on %s.%s".formatted(this.annotation.value(), this.type.getName(),
				this.method.getName());
	}

	boolean takesDeadLetters() {
		return this.arguments.stream().anyMatch((argument) -> argument.toClass() == DeadLetter.class);
	}

	/**
	 * Returns the type of the item, or of that in a letter or delivery;
	 * {@link ResolvableType#NONE} if that is not known.
	 */
	ResolvableType itemType() {
		for (ResolvableType argument : this.arguments) {
			if (!isKnownAbout(argument)) {
				return argument;
			}
		}
		return (!this.arguments.isEmpty()) ? this.arguments.get(0).getGeneric(0) : ResolvableType.NONE;
	}

	private static boolean isKnownAbout(ResolvableType argument) {
		return argument.toClass() == DeadLetter.class || argument.toClass() == Delivery.class;
	}

	/**
	 * Returns what is wrong with the method by itself and what to do about it, or
	 * {@code null}.
	 */
	@Nullable Mistake mistake() {
		long items = this.arguments.stream().filter((argument) -> !isKnownAbout(argument)).count();
		if (this.arguments.isEmpty()) {
			return new Mistake("it takes nothing", "Let it take an item of the queue.");
		}
		if (items > 1) {
			return new Mistake("it takes %d parameters for one item".formatted(items),
					"Let it take the item and, if need be, a Delivery and a DeadLetter.");
		}
		if (this.batch && this.method.getParameterCount() > 1) {
			return new Mistake("it takes more than a list", "Take the list alone; it may be one of Delivery.");
		}
		Class<?> returned = this.method.getReturnType();
		if (Future.class.isAssignableFrom(returned) && !CompletionStage.class.isAssignableFrom(returned)) {
			return new Mistake("it returns a %s, whose end nobody is told of".formatted(returned.getSimpleName()),
					"Return a CompletionStage, a Mono or nothing.");
		}
		return mistakeInKey();
	}

	private @Nullable Mistake mistakeInKey() {
		try {
			if (!this.annotation.key().isEmpty()) {
				new SpelExpressionParser().parseExpression(this.annotation.key());
			}
			return null;
		}
		catch (ParseException ex) {
			return new Mistake(
					"its key '%s' is no SpEL expression: %s".formatted(this.annotation.key(), ex.getSimpleMessage()),
					"Write one such as '#item.customer'.");
		}
	}

	/**
	 * Returns what gives the key of an item, or {@code null} if there is no key.
	 */
	@Nullable Function<Object, @Nullable Object> key() {
		if (this.annotation.key().isEmpty()) {
			return null;
		}
		Expression expression = new SpelExpressionParser().parseExpression(this.annotation.key());
		return (element) -> {
			Object item = (element instanceof DeadLetter<?> letter && !takesDeadLetters()) ? letter.item() : element;
			StandardEvaluationContext context = new StandardEvaluationContext(item);
			context.setVariable("item", item);
			return expression.getValue(context);
		};
	}

	/**
	 * Calls the method.
	 * @param bean the bean
	 * @param invocable the method as the bean has it
	 * @return what the method returned
	 */
	@Nullable Object invoke(Object bean, Method invocable, List<? extends Delivery<?>> deliveries) throws Exception {
		Object[] values = (this.batch)
				? new Object[] { deliveries.stream().map((each) -> value(this.arguments.get(0), each)).toList() }
				: this.arguments.stream().map((argument) -> value(argument, deliveries.get(0))).toArray();
		try {
			return invocable.invoke(bean, values);
		}
		catch (InvocationTargetException ex) {
			if (ex.getTargetException() instanceof Error error) {
				throw error;
			}
			throw (ex.getTargetException() instanceof Exception exception) ? exception : ex;
		}
	}

	private Object value(ResolvableType argument, Delivery<?> delivery) {
		if (argument.toClass() == Delivery.class) {
			return delivery;
		}
		Object element = delivery.item();
		Object value = (element instanceof DeadLetter<?> letter && argument.toClass() != DeadLetter.class)
				? letter.item() : element;
		if (!ClassUtils.isAssignableValue(argument.toClass(), value)) {
			throw new IllegalArgumentException("%s takes %s, but the item is of type %s".formatted(place(),
					argument.toClass().getName(), value.getClass().getName()));
		}
		return value;
	}

	/**
	 * What is wrong with a method.
	 *
	 * @param reason what
	 * @param fix what to do about it
	 */
	record Mistake(String reason, String fix) {

	}

}
